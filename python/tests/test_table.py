"""Tables of Arrow, from everything that has them."""

from __future__ import annotations

import os
import re
import struct
import subprocess
from pathlib import Path
from typing import Any

import cleancopy
import datasets
import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet
import pytest
from conftest import Record, by_command, check, command

TEXT = "The bird was hired.\nAdvertisement\nIt flew away, they say."


def test_pyarrow(table: pa.Table, documents: list[Record], expected: dict[str, Record]) -> None:
    cleaned = cleancopy.clean_table(table)
    assert isinstance(cleaned, pa.Table)
    cleaned.validate(full=True)
    check(cleaned.to_pylist(), documents, expected)
    # Batches of any size, one thread or several, a stream: it is all the same.
    small = pa.Table.from_batches(table.to_batches(max_chunksize=7))
    reader = pa.RecordBatchReader.from_batches(small.schema, iter(small.to_batches()))
    whole = table.combine_chunks().to_batches()[0]
    for other in (small, reader, whole):
        assert cleancopy.clean_table(other, threads=1) == cleaned
    assert cleancopy.Cleaner().clean_table(table, threads=2) == cleaned


def test_polars(table: pa.Table, documents: list[Record], expected: dict[str, Record]) -> None:
    frame = polars.DataFrame(table)
    check(cleancopy.clean_table(frame).to_pylist(), documents, expected)
    back = polars.from_arrow(cleancopy.clean_table(frame))
    assert isinstance(back, polars.DataFrame)
    check(back.to_dicts(), documents, expected)


def test_pandas(table: pa.Table, documents: list[Record], expected: dict[str, Record]) -> None:
    rows = cleancopy.clean_table(table.to_pandas()).to_pylist()
    check(rows, documents, expected)
    frame = cleancopy.clean_table(table.to_pandas()).to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["body"].tolist() == [expected[document["id"]]["body"] for document in documents]


def test_duckdb(table: pa.Table, documents: list[Record], expected: dict[str, Record]) -> None:
    with duckdb.connect() as connection:
        connection.register("documents", table)
        check(cleancopy.clean_table(connection.sql("select * from documents")).to_pylist(), documents, expected)
        cleaned = cleancopy.clean_table(table)
        connection.register("cleaned", cleaned)
        query = "select sum(len(removed)), count(*) filter (status = 'error') from cleaned"
        (counts,) = connection.sql(query).fetchall()
    cuts = sum(len(record["removed"]) for record in expected.values())
    assert counts == (cuts, sum(record["status"] == "error" for record in expected.values()))


def test_datasets(table: pa.Table, documents: list[Record], expected: dict[str, Record]) -> None:
    dataset = datasets.Dataset(table)
    check(cleancopy.clean_table(dataset).to_pylist(), documents, expected)
    # Rows that are not there in the table underneath.
    some = dataset.select(range(5, 10))
    check(cleancopy.clean_table(some).to_pylist(), documents[5:10], expected)
    mapped = dataset.with_format("arrow").map(
        cleancopy.clean_table, batched=True, batch_size=50, remove_columns=dataset.column_names
    )
    check(mapped.with_format(None).to_list(), documents, expected)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(),
                                  pa.binary_view(), pa.dictionary(pa.int32(), pa.string())])
def test_every_kind_of_string(kind: pa.DataType) -> None:
    texts = pa.array([TEXT, None, "", TEXT]).cast(kind)
    cleaned = cleancopy.clean_table(pa.table({"content": texts}))
    assert cleaned["status"].to_pylist() == ["ok", "error", "empty", "ok"]
    assert cleaned["body"][0].as_py() == "The bird was hired.\n\nIt flew away, they say."
    assert cleaned["error"].to_pylist() == [None, "row 2: the text in `content` is null", None, None]
    assert cleaned.column_names[-1] != "content"


def test_what_is_no_text_is_a_record() -> None:
    for values, what in [([1, 2], "is a number"), ([True, False], "is a truth value"), ([["x"], []], "is a list"),
                         ([None, None], "is null"), ([{"a": "x"}, {"a": "y"}], "is an object")]:
        cleaned = cleancopy.clean_table(pa.table({"text": values, "html": pa.array(["<p>Well.", None])}))
        assert cleaned["status"].to_pylist() == ["not_article", "error"]
        assert what in cleaned["error"][1].as_py()


def test_strings_that_are_none() -> None:
    # Arrow lets anybody call bytes a string. Reading them as one would be undefined behaviour.
    latin = pa.array(["Caf\xe9 Nyby was closed on Monday, said the owner.".encode("latin-1"), b"All is well."])
    wrong = pa.Array.from_buffers(pa.string(), 2, latin.buffers())
    with pytest.raises(pa.ArrowInvalid):
        wrong.validate(full=True)
    cleaned = cleancopy.clean_table(pa.table({"text": wrong, "title": wrong}))
    assert cleaned["body"].to_pylist() == ["Caf\xe9 Nyby was closed on Monday, said the owner.", "All is well."]
    keys = pa.array([1, 0, None], pa.int8())
    coded = pa.DictionaryArray.from_arrays(keys, wrong)
    cleaned = cleancopy.clean_table(pa.table({"text": coded}))
    assert cleaned["body"].to_pylist() == ["All is well.", "Caf\xe9 Nyby was closed on Monday, said the owner.", ""]
    assert cleaned["status"].to_pylist()[2] == "error"
    # A place outside of the bytes is no record but no table at all.
    places = pa.py_buffer(struct.pack("<3i", 0, 60_000, 3))
    beyond = pa.Array.from_buffers(pa.string(), 2, [None, places, pa.py_buffer(b"abc")])
    with pytest.raises(ValueError, match="cannot read the table"):
        cleancopy.clean_table(pa.table({"text": beyond}))
    beyond = pa.DictionaryArray.from_arrays(pa.array([5], pa.int8()), wrong, safe=False)
    with pytest.raises(ValueError, match="cannot read the table"):
        cleancopy.clean_table(pa.table({"text": beyond}))


def test_columns() -> None:
    table = pa.table({
        "url": ["https://x.example/1"],
        "key": [7],
        "page": [{"raw": "<p>Hello there, all of you.", "size": 3}],
        "status": [200],
        "title": ["Hello"],
        "when": pa.array([0], pa.timestamp("us", "UTC")),
        "text": [TEXT],
    })
    cleaned = cleancopy.clean_table(table, html="page.raw", id="key", source="crawl", emit_text=True)
    row = cleaned.to_pylist()[0]
    assert (row["id"], row["source"], row["url"], row["title"]) == ("7", "crawl", "https://x.example/1", "Hello")
    assert (row["text"], row["input_text"], row["input_status"]) == ("Hello there, all of you.\n", TEXT, 200)
    # A column out of which something is taken goes along whole.
    assert cleaned.column_names[13:] == ["page", "input_status", "input_title", "when", "input_text"]
    for name in ("page", "when"):
        assert cleaned.schema.field(name).type == table.schema.field(name).type
        assert cleaned[name].to_pylist() == table[name].to_pylist()
    assert cleancopy.clean_table(table, text="text")["body"][0].as_py().startswith("The bird was hired.")
    assert cleancopy.clean_table(table, text="title", url="text")["url"][0].as_py() == TEXT
    numbered = cleancopy.clean_table(table.drop_columns(["url"]), first=11)
    assert numbered["id"].to_pylist() == ["table#11"]


def test_site_lines_by_column(tmp_path: Path) -> None:
    lines = tmp_path / "lines.tsv"
    lines.write_text("site\tdocuments\twith\tshare\tline\nnyby\t100\t95\t0.95\tharbour desk and more\n")
    table = pa.table({"text": [TEXT + "\nHarbour desk and more\nIt came back, too, they say."], "paper": ["nyby"]})
    rules = [removal["rule"] for removal in
             cleancopy.clean_table(table, site="paper", site_lines=lines)["removed"][0].as_py()]
    without = [removal["rule"] for removal in cleancopy.clean_table(table)["removed"][0].as_py()]
    assert "site.line" in rules and "site.line" not in without


def test_metadata_of_columns_stays() -> None:
    field = pa.field("label", pa.int8(), metadata={"unit": "stars"})
    table = pa.table([[TEXT], pa.array([3], pa.int8())], schema=pa.schema([pa.field("text", pa.string()), field]))
    assert cleancopy.clean_table(table).schema.field("label").equals(field, check_metadata=True)


def test_no_rows() -> None:
    schema = pa.schema({"text": pa.string(), "label": pa.int64()})
    full = cleancopy.clean_table(pa.table({"text": ["x"], "label": [1]}))
    for empty in (schema.empty_table(), pa.RecordBatchReader.from_batches(schema, [])):
        cleaned = cleancopy.clean_table(empty)
        assert cleaned.num_rows == 0 and cleaned.schema == full.schema


def test_errors() -> None:
    with pytest.raises(ValueError, match="no text: none of the fields text, content"):
        cleancopy.clean_table(pa.table({"words": ["x"]}))
    with pytest.raises(ValueError, match="no field `words.all`"):
        cleancopy.clean_table(pa.table({"words": ["x"]}), text="words.all")
    with pytest.raises(TypeError, match="no Arrow C data interface"):
        cleancopy.clean_table([{"text": "x"}])
    with pytest.raises(TypeError, match="DatasetDict has no Arrow C data interface"):
        cleancopy.clean_table(datasets.DatasetDict({"train": datasets.Dataset.from_dict({"text": ["x"]})}))
    with pytest.raises(TypeError, match="colour"):
        cleancopy.clean_table(pa.table({"text": ["x"]}), colour="red")
    with pytest.raises(ValueError, match="from 1 to 1024"):
        cleancopy.clean_table(pa.table({"text": ["x"]}), threads=0)

    def breaks() -> Any:
        yield from pa.table({"text": ["x"]}).to_batches()
        raise OSError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"text": pa.string()}), breaks())
    with pytest.raises(ValueError, match="the disk is gone") as error:
        cleancopy.clean_table(reader)
    assert isinstance(error.value.__cause__, OSError)


def test_columns_that_are_named_are_there() -> None:
    table = pa.table({"text": ["x"], "page": [{"raw": "<p>x"}]})
    for option in ("text", "html", "id", "url", "site"):
        for name in ("pgae", "page.rwa", "text.raw", "Text"):
            with pytest.raises(ValueError, match=f"no field `{name}`; it has text, page"):
                cleancopy.clean_table(table, **{option: name})
        assert cleancopy.clean_table(table, **{option: "page.raw"}).num_rows == 1


def test_one_column_is_no_table() -> None:
    for column in (pa.array(["x"]), pa.chunked_array([["x"]]), polars.Series(["x"])):
        with pytest.raises(TypeError, match="is one column; give a table"):
            cleancopy.clean_table(column)


class Other:
    """A stream that is not known to be one of pyarrow."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __arrow_c_stream__(self, schema: Any = None) -> Any:
        return self.stream.__arrow_c_stream__(schema)


@pytest.mark.parametrize(("declared", "given", "value"), [
    (pa.large_string(), pa.string(), "x" * 100),
    (pa.string(), pa.large_string(), "x" * 100),
    (pa.int64(), pa.int32(), 7),
    (pa.int64(), pa.int8(), 7),
    (pa.string(), pa.list_(pa.string()), ["x"]),
    (pa.struct([("a", pa.int8())]), pa.int8(), 7),
    (pa.list_(pa.string()), pa.list_(pa.int64()), [7]),
])
@pytest.mark.parametrize("name", ["text", "id", "other"])
def test_a_stream_is_of_the_schema_that_it_declares(
    declared: pa.DataType, given: pa.DataType, value: Any, name: str
) -> None:
    columns = {"text": pa.array(["x"] * 50), name: pa.array([value] * 50, given)}
    types = {"text": pa.string(), name: declared}
    good = pa.table({"text": ["x"], name: pa.nulls(1, declared)} if name != "text" else {"text": pa.nulls(1, declared)})
    batches = good.to_batches() + [pa.record_batch(columns)]
    reader = pa.RecordBatchReader.from_batches(pa.schema(types), batches)
    with pytest.raises(ValueError, match=f"the table cannot be read: .*(\n.*)*{name}: "):
        cleancopy.clean_table(reader)


def test_a_stream_that_breaks_what_it_declares_is_a_value_error() -> None:
    # What it is of can no longer be told. It must not be a panic.
    batch = pa.record_batch({"text": ["x"]})
    reader = pa.RecordBatchReader.from_batches(pa.schema({"text": pa.string(), "n": pa.int8()}), [batch])
    with pytest.raises(ValueError, match="the table cannot be read"):
        cleancopy.clean_table(Other(reader))


def test_readers_have_batches_without_rows_and_metadata() -> None:
    schema = pa.schema([pa.field("text", pa.string(), metadata={"a": "b"})], metadata={"c": "d"})
    batch = pa.record_batch({"text": ["x"]})
    empty = pa.record_batch({"text": pa.array([], pa.string())})
    reader = pa.RecordBatchReader.from_batches(schema, [empty, batch, empty, batch])
    assert cleancopy.clean_table(reader)["id"].to_pylist() == ["table#1", "table#2"]


def test_it_is_what_the_command_makes_of_the_parquet_file(
    table: pa.Table, documents: list[Record], tmp_path: Path
) -> None:
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet")
    args = ["clean", str(tmp_path / "in.parquet"), "-q", "-o", str(tmp_path / "out.parquet")]
    assert subprocess.run([*command(), *args]).returncode == 1, "there are bad records"
    wanted = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    extra = wanted["extra"].combine_chunks()
    found = cleancopy.clean_table(table, source=str(tmp_path / "in.parquet"))
    for name in wanted.column_names[:-1]:
        assert found[name].to_pylist() == wanted[name].to_pylist(), name
    for field in extra.type:
        name = field.name if field.name in found.column_names[12:] else f"input_{field.name}"
        assert found[name].to_pylist() == extra.field(field.name).to_pylist(), name
    assert len(found.column_names) == len(wanted.column_names) - 1 + extra.type.num_fields


def test_nothing_is_copied_on_the_way_in() -> None:
    # What is passed on are the same bytes, also where they are looked into, and there is no second copy of a column.
    texts = pa.array(["\n".join(["Well."] * 10_000)] * 1000)
    big = pa.array([os.urandom(1000) for _ in range(1000)])
    table = pa.table({"html": ["x"] * 1000, "text": texts, "big": big})
    # The peak from here on.
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    cleaned = cleancopy.clean_table(table)
    assert peak() - before < texts.nbytes / 2
    for name in ("text", "big"):
        assert cleaned[name].chunk(0).buffers()[2].address == table[name].chunk(0).buffers()[2].address


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) * 1024


def test_columns_of_nothing() -> None:
    text = ["Well there.", "So it is."]
    for nothing in ([None, None], [{"a": None}, None], [[], []]):
        frame = polars.DataFrame({"text": text, "n": nothing})
        cleaned = cleancopy.clean_table(frame)
        assert (cleaned["body"].to_pylist(), cleaned["n"].to_pylist()) == (text, nothing)
    assert cleancopy.clean_table(polars.DataFrame({"text": [None]}))["status"].to_pylist() == ["error"]


def test_what_is_in_lists_is_not_looked_into() -> None:
    bad = pa.Array.from_buffers(pa.string(), 2, pa.array([b"Caf\xe9", b"x"]).buffers())
    lists = pa.ListArray.from_arrays([0, 1, 2], bad)
    for name in ("title", "authors", "date", "lang", "other"):
        cleaned = cleancopy.clean_table(pa.table({"text": ["Well there.", "So it is."], name: lists}))
        assert cleaned["body"].to_pylist() == ["Well there.", "So it is."], name
    page = pa.StructArray.from_arrays([pa.array(["<p>Well.", "<p>So."]), lists], ["raw", "links"])
    assert cleancopy.clean_table(pa.table({"page": page}), html="page.raw")["body"].to_pylist() == ["Well.", "So."]


def test_flags_of_the_command_are_the_options(table: pa.Table, documents: list[Record], tmp_path: Path) -> None:
    wanted = by_command(documents, tmp_path, "--mode", "thorough", "--keep", "caption", "--emit-text")
    cleaned = cleancopy.clean_table(table, mode="thorough", keep=["caption"], emit_text=True)
    for row in cleaned.select(["id", "body", "text"]).to_pylist():
        record = wanted[row["id"]]
        assert (row["body"], row["text"]) == (record["body"], record.get("text")), row["id"]
