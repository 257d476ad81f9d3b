"""What all tests share: documents, and what the command line makes of them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

# Before any of these is imported. Nothing here may reach for the network.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CLEANCOPY_DATA", ROOT / "../shared/data"))

Record = dict[str, Any]


def command() -> list[str]:
    """The native command line. That of the package will not do: it would be compared with itself."""
    native = Path(os.environ.get("CLEANCOPY_BIN", ROOT / "target/release/cleancopy"))
    if not native.is_file():
        pytest.fail(f"there is no {native}: cargo build --release, or set CLEANCOPY_BIN")
    return [str(native)]


def by_command(records: list[Record], folder: Path, *flags: str) -> dict[str, Record]:
    """What the command line makes of records, by their ids."""
    dump, out = folder / "dump.jsonl", folder / "clean.jsonl"
    with dump.open("w", encoding="utf-8") as lines:
        for record in records:
            lines.write(json.dumps({k: v for k, v in record.items() if v is not None}) + "\n")
    done = subprocess.run([*command(), "clean", str(dump), "-q", "-o", str(out), *flags])
    assert done.returncode in (0, 1), done
    with out.open(encoding="utf-8") as lines:
        return {record["id"]: record for record in map(json.loads, lines)}


def _documents() -> list[Record]:
    documents: list[Record] = []

    def add(id: str, *, html: str | None = None, text: str | None = None, url: str | None = None) -> None:
        title = "A headline of the record" if len(documents) % 7 == 0 else None
        documents.append({"id": id, "url": url, "title": title, "html": html, "text": text, "label": len(documents)})

    for page in sorted((ROOT / "corpus/pages").glob("*/page.html")):
        meta = json.loads((page.parent / "meta.json").read_text(encoding="utf-8"))
        add(f"page {page.parent.name}", html=page.read_text(encoding="utf-8"), url=meta.get("url"))
    for text in sorted((ROOT / "corpus/golden").glob("*/source.txt")):
        add(f"text {text.parent.name}", text=text.read_text(encoding="utf-8"))
    if (DATA / "dumps-dev.jsonl.gz").is_file():
        with gzip.open(DATA / "dumps-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                add(f"dump {record['id']}", text=record["text"], url=record.get("url"))
    if (DATA / "pages-dev.jsonl.zst").is_file():
        lines = pa.input_stream(str(DATA / "pages-dev.jsonl.zst"), compression="zstd").read()
        for record in map(json.loads, lines.splitlines()[:120]):
            add(f"dev {record['id']}", html=record["html"], url=record.get("url"))
    # What is wrong or nothing.
    add("null")
    add("blank", text=" \n ")
    return documents


@pytest.fixture(scope="session")
def documents() -> list[Record]:
    """Pages and texts, each with an id, and some that are wrong."""
    documents = _documents()
    assert len(documents) > 100
    assert len({document["id"] for document in documents}) == len(documents)
    return documents


@pytest.fixture(scope="session")
def expected(documents: list[Record], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    """What the command line makes of them, by their ids."""
    expected = by_command(documents, tmp_path_factory.mktemp("command"))
    assert len(expected) == len(documents)
    assert {record["status"] for record in expected.values()} >= {"ok", "unchanged", "empty", "error", "not_article"}
    return expected


@pytest.fixture(scope="session")
def table(documents: list[Record]) -> pa.Table:
    schema = pa.schema({"id": pa.string(), "url": pa.string(), "title": pa.string(), "html": pa.string(),
                        "text": pa.string(), "label": pa.int64()})
    return pa.Table.from_pylist(documents, schema=schema)


FIELDS = ["id", "url", "title", "byline", "date", "lang", "status", "body", "removed"]


def check(rows: list[Record], documents: list[Record], expected: dict[str, Record], *, ordered: bool = True) -> None:
    """Whether rows are what the command line makes of the documents, every field of every record."""
    if not ordered:
        place = {document["id"]: at for at, document in enumerate(documents)}
        rows = sorted(rows, key=lambda row: place[row["id"]])
    assert [row["id"] for row in rows] == [document["id"] for document in documents]
    for row, document in zip(rows, documents, strict=True):
        record = expected[row["id"]]
        for field in FIELDS:
            assert row[field] == record[field], (row["id"], field)
        stats = {name: value for name, value in row["stats"].items() if value is not None}
        assert stats == record["stats"], row["id"]
        assert (row["error"] is None) == (record["status"] != "error"), row["id"]
        # The columns that are not used stay.
        assert (row["label"], row["input_title"]) == (document["label"], document["title"]), row["id"]
        assert row["text"] == document["text"], row["id"]
