#!/usr/bin/env python3
"""Reads every output format with the readers that users have: Python's json and csv, and pyarrow.

    python3 tests/readers.py target/release/cleancopy

Needs pyarrow. Cleans the texts of corpus/raw into each format, and compares the fields of all records.
"""

import csv
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

FLAT = ["id", "source", "url", "title", "byline", "date", "lang", "status", "error", "body", "text"]
csv.field_size_limit(1 << 30)


def main():
    binary = str(Path(sys.argv[1]).resolve())
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)

        def clean(name, *inputs):
            inputs = inputs or ("corpus/raw", "corpus/pages")
            command = [binary, "clean", *inputs, "-q", "--emit-text", "-o", str(out / name)]
            code = subprocess.run(command, cwd=root).returncode
            assert code == 0, f"{name}: exit status {code}"
            return out / name

        path = clean("a.jsonl")
        records = [json.loads(line) for line in path.open(encoding="utf-8")]
        assert len(records) > 50, len(records)
        with gzip.open(clean("a.jsonl.gz"), "rt", encoding="utf-8") as lines:
            assert [json.loads(line) for line in lines] == records
        packed = pa.input_stream(str(clean("a.jsonl.zst")), compression="zstd").read()
        assert [json.loads(line) for line in packed.splitlines()] == records
        assert pyarrow.json.read_json(path).num_rows == len(records)

        flat = [{name: record.get(name) or "" for name in FLAT} for record in records]
        with clean("a.csv").open(encoding="utf-8", newline="") as rows:
            assert list(csv.DictReader(rows)) == flat
        options = pyarrow.csv.ParseOptions(newlines_in_values=True)
        assert pyarrow.csv.read_csv(out / "a.csv", parse_options=options)["body"].to_pylist() == [
            record["body"] for record in records
        ]

        file = pyarrow.parquet.ParquetFile(clean("a.parquet"))
        assert file.metadata.row_group(0).column(0).compression == "ZSTD"
        for row, record in zip(file.read().to_pylist(), records, strict=True):
            for name in FLAT:
                assert row[name] == record.get(name), (record["id"], name)
            assert row["removed"] == record["removed"], record["id"]
            assert {k: v for k, v in row["stats"].items() if v is not None} == record["stats"], record["id"]

        # Columns that are not used keep their types.
        table = pa.table({
            "id": pa.array([1, 2], pa.int64()),
            "text": pa.array(["One line of text that stands here.", None], pa.large_string()),
            "when": pa.array([0, 1], pa.timestamp("us", "UTC")),
            "tags": pa.array([["a"], []], pa.list_(pa.string())),
        })
        pyarrow.parquet.write_table(table, out / "in.parquet")
        command = [binary, "clean", "in.parquet", "-q", "-o", "out.parquet"]
        assert subprocess.run(command, cwd=out).returncode == 1, "a null text is an error"
        result = pyarrow.parquet.read_table(out / "out.parquet")
        assert result["status"].to_pylist() == ["unchanged", "error"], result["status"]
        extra = result["extra"].combine_chunks()
        for name in ["when", "tags"]:
            kept = extra.field(name)
            assert kept.type == table.schema.field(name).type, (name, kept.type)
            assert kept.to_pylist() == table[name].to_pylist(), name
    print(f"{len(records)} records read back from six formats")


main()
