"""Ray, started here with two CPUs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cleancopy.ray
import pyarrow as pa
import pytest
import ray
import ray.data
from conftest import Record, by_command, check


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def dataset(cluster: None, table: pa.Table) -> ray.data.Dataset:
    step = -(-table.num_rows // 5)
    return ray.data.from_arrow([table.slice(at, step) for at in range(0, table.num_rows, step)]).materialize()


def test_every_record(dataset: ray.data.Dataset, documents: list[Record], expected: dict[str, Record]) -> None:
    cleaned = cleancopy.ray.clean(dataset).materialize()
    check(cleaned.take_all(), documents, expected, ordered=False)
    assert cleaned.schema().names[:3] == ["id", "source", "url"]
    assert cleaned.schema().names[-3:] == ["input_title", "text", "label"]


def test_blocks_stay(dataset: ray.data.Dataset, table: pa.Table) -> None:
    cleaned = cleancopy.ray.clean(dataset).materialize()
    blocks = [ray.get(ref) for ref in cleaned.to_arrow_refs()]
    before = [ray.get(ref) for ref in dataset.to_arrow_refs()]
    assert sorted(block["id"].to_pylist() for block in blocks) == sorted(block["id"].to_pylist() for block in before)
    assert len(blocks) == 5
    # The types are those of a table that was never on Ray.
    assert blocks[0].schema == cleancopy.clean_table(table).schema


def test_options_travel(dataset: ray.data.Dataset, documents: list[Record], tmp_path: Path) -> None:
    rules = tmp_path / "mine.toml"
    rules.write_text('[[rule]]\nid = "other.the"\nscope = "line"\nraw = true\npattern = "^.*the.*$"\n'
                     'catch = ["the"]\nspare = ["a"]\n')
    wanted = by_command(documents, tmp_path, "--rules", str(rules), "--keep", "ad", "--mode", "precise", "--emit-text")
    cleaned = cleancopy.ray.clean(dataset, rules=rules, keep=["ad"], mode="precise", emit_text=True, source="crawl",
                                  threads=2)
    # They are read where the work is asked for, not where it is done.
    rules.unlink()
    found = cleaned.take_all()
    assert {row["id"]: row["body"] for row in found} == {id: record["body"] for id, record in wanted.items()}
    assert {row["id"]: row["text"] for row in found} == {id: record.get("text") for id, record in wanted.items()}
    assert any(cut["rule"] == "other.the" for row in found for cut in row["removed"])
    assert {row["source"] for row in found} == {"crawl"}


def test_named_columns_and_bytes() -> None:
    pages = ray.data.from_items([
        {"page": b"<p>W\xf6rld, said the owner.", "key": 1},
        {"page": b"\x89PNG\r\n\x1a\n", "key": 2},
    ])
    found = sorted(cleancopy.ray.clean(pages, html="page", id="key").take_all(), key=lambda row: row["id"])
    assert [(row["id"], row["body"], row["status"]) for row in found] == [
        ("1", "Wörld, said the owner.", "not_article"), ("2", "", "error")]


def test_threads_may_be_none() -> None:
    (row,) = cleancopy.ray.clean(ray.data.from_items([{"text": "Well."}]), threads=None).take_all()
    assert row["body"] == "Well."


def test_errors_come_at_once(dataset: ray.data.Dataset) -> None:
    lazy = dataset.map_batches(lambda batch: batch)
    for wrong, error in [({"threads": 0}, ValueError), ({"threads": -1}, ValueError), ({"threads": "2"}, TypeError),
                         ({"source": 3}, TypeError)]:
        for one in (dataset, lazy):
            with pytest.raises(error):
                cleancopy.ray.clean(one, **wrong)
    for wrong in ({"id": "kye"}, {"html": "pgae"}):
        with pytest.raises(ValueError, match="no field"):
            cleancopy.ray.clean(dataset, **wrong)
    with pytest.raises(ValueError, match="no field `page`"):
        cleancopy.ray.clean(dataset.drop_columns(["html", "text"]).materialize(), html="page")
    with pytest.raises(ValueError, match="unknown mode"):
        cleancopy.ray.clean(dataset, mode="bold")
    for option in ("colour", "first"):
        with pytest.raises(TypeError, match=option):
            cleancopy.ray.clean(dataset, **{option: 1})
