"""Spark, started here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import cleancopy.spark
import pyarrow as pa
import pyarrow.parquet
import pytest
from conftest import Record, by_command, check
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import spark_partition_id
from pyspark.sql.types import LongType, StringType, StructField, StructType


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.sql.session.timeZone", "Europe/Berlin")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "40")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def frame(spark: SparkSession, table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> DataFrame:
    path = tmp_path_factory.mktemp("spark") / "documents.parquet"
    pyarrow.parquet.write_table(table, path)
    return spark.read.parquet(str(path)).repartition(5).cache()


def rows(frame: DataFrame) -> list[Record]:
    return [row.asDict(recursive=True) for row in frame.collect()]


def test_every_record(frame: DataFrame, documents: list[Record], expected: dict[str, Record]) -> None:
    cleaned = cleancopy.spark.clean(frame)
    assert cleaned.schema["label"] == frame.schema["label"]
    assert cleaned.schema["removed"].dataType.simpleString() == (
        "array<struct<start:bigint,end:bigint,kind:string,rule:string,confidence:double,text:string,body_at:bigint>>"
    )
    found = rows(cleaned)
    check(found, documents, expected, ordered=False)
    assert sum(row["status"] == "error" for row in found) == sum(
        record["status"] == "error" for record in expected.values()
    )


def test_partitions_and_order_stay(frame: DataFrame) -> None:
    def places(frame: DataFrame) -> list[tuple[int, str]]:
        return [(row[0], row[1]) for row in frame.select(spark_partition_id(), "id").collect()]

    cleaned = cleancopy.spark.clean(frame)
    assert cleaned.rdd.getNumPartitions() == 5
    assert places(cleaned) == places(frame)
    assert {row["source"] for row in rows(cleaned)} == {f"partition-{number}" for number in range(5)}


def test_rows_without_ids_have_ids_of_their_own(frame: DataFrame, documents: list[Record]) -> None:
    ids = [row["id"] for row in rows(cleancopy.spark.clean(frame.drop("id")))]
    assert len(set(ids)) == len(ids) == len(documents)
    numbers = sorted(int(id.split("#")[1]) for id in ids if id.startswith("partition-3#"))
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 40, "over several batches"


def test_options_travel(frame: DataFrame, documents: list[Record], tmp_path: Path) -> None:
    rules = tmp_path / "mine.toml"
    rules.write_text('[[rule]]\nid = "other.the"\nscope = "line"\nraw = true\npattern = "^.*the.*$"\n'
                     'catch = ["the"]\nspare = ["a"]\n')
    wanted = by_command(documents, tmp_path, "--rules", str(rules), "--keep", "ad", "--mode", "precise", "--emit-text")
    cleaned = cleancopy.spark.clean(frame, rules=rules, keep=["ad"], mode="precise", emit_text=True, source="crawl")
    # They are read where the work is asked for, not where it is done.
    rules.unlink()
    found = rows(cleaned)
    assert {row["id"]: row["body"] for row in found} == {id: record["body"] for id, record in wanted.items()}
    assert {row["id"]: row["text"] for row in found} == {id: record.get("text") for id, record in wanted.items()}
    assert any(cut["rule"] == "other.the" for row in found for cut in row["removed"])
    assert {row["source"] for row in found} == {"crawl"}


def test_columns_keep_the_types_that_spark_has(spark: SparkSession) -> None:
    schema = StructType([
        StructField("page", StringType()),
        StructField("n", LongType(), nullable=False, metadata={"unit": "stars"}),
        StructField("status", StringType(), nullable=False),
    ])
    frame = spark.createDataFrame([("<p>Well.", 1, "200")], schema)
    frame = frame.selectExpr("*", "timestamp '2024-05-01 10:00:00' as seen", "array(map('k', 1)) as maps",
                             "cast(1.5 as decimal(9, 2)) as price", "binary('x') as raw",
                             "timestamp_ntz '2024-05-01 10:00:00' as local", "date '2024-05-01' as date")
    cleaned = cleancopy.spark.clean(frame, html="page")
    for name in ("n", "seen", "maps", "price", "raw", "local"):
        assert cleaned.schema[name].dataType == frame.schema[name].dataType, name
        assert cleaned.select(name).collect() == frame.select(name).collect(), name
    assert cleaned.schema["n"].metadata == {"unit": "stars"}
    row = rows(cleaned)[0]
    assert (row["status"], row["input_status"], row["date"]) == ("not_article", "200", "2024-05-01")
    assert row["input_date"] == rows(frame)[0]["date"]


def test_pages_as_bytes(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(b"<p>W\xf6rld, said the owner.",), (b"\x89PNG\r\n\x1a\n",), (None,)], "html binary")
    found = rows(cleancopy.spark.clean(frame))
    assert [row["body"] for row in found] == ["Wörld, said the owner.", "", ""]
    assert [row["status"] for row in found] == ["not_article", "error", "error"]


def test_empty_partitions(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("Well.",)], "text string").repartition(4)
    assert [row["body"] for row in rows(cleancopy.spark.clean(frame))] == ["Well."]
    assert rows(cleancopy.spark.clean(frame.where("text = 'no'"))) == []


def test_case_is_told_as_spark_tells_it(spark: SparkSession) -> None:
    frame = spark.sql("select 'Well.' as Words, '200' as Status, 'x' as input_status, named_struct('Raw', 'u') as Page")
    cleaned = cleancopy.spark.clean(frame, text="words", url="page.raw")
    (row,) = rows(cleaned.select("status", "body", "url", "input_input_Status", "input_status", "Page"))
    assert tuple(row.values()) == ("unchanged", "Well.", "u", "200", "x", {"Raw": "u"})
    spark.conf.set("spark.sql.caseSensitive", "true")
    try:
        with pytest.raises(ValueError, match="no field `words`"):
            cleancopy.spark.clean(frame, text="words")
        assert {"status", "Status"} < set(cleancopy.spark.clean(frame, text="Words").columns)
    finally:
        spark.conf.unset("spark.sql.caseSensitive")


def test_no_two_columns_have_one_name(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.sql("select 'Well.' as text, 'a' as status, 'b' as INPUT_STATUS, 'c' as Date")
    cleaned = cleancopy.spark.clean(frame)
    assert cleaned.columns[-3:] == ["input_input_status", "INPUT_STATUS", "input_Date"]
    cleaned.write.parquet(str(tmp_path / "out"))
    (row,) = rows(spark.read.parquet(str(tmp_path / "out")))
    assert (row["status"], row["input_input_status"], row["INPUT_STATUS"]) == ("unchanged", "a", "b")


def test_columns_are_called_as_in_tables(spark: SparkSession) -> None:
    for seed in range(40):
        names = ["text", *random.Random(seed).choices(["status", "input_status", "body", "x", "input_x"], k=5)]
        table = cleancopy.clean_table(pa.schema([(name, pa.string()) for name in names]).empty_table())
        frame = spark.createDataFrame([], StructType([StructField(name, StringType()) for name in names]))
        assert cleancopy.spark.clean(frame).columns == table.column_names, names


def test_columns_of_any_name_stay(spark: SparkSession) -> None:
    frame = spark.sql("select 'Well.' as `page.text`, 'a' as `meta.url`, 'b' as `x``y`, 7 as k")
    frame = frame.join(spark.sql("select 7 as k, 8 as n"))
    assert frame.columns.count("k") == 2
    cleaned = cleancopy.spark.clean(frame, text="page.text")
    assert cleaned.columns[-5:] == ["meta.url", "x`y", "k", "input_k", "n"]
    (row,) = cleaned.collect()
    assert (row["body"], tuple(row)[-5:]) == ("Well.", ("a", "b", 7, 7, 8))


def test_a_column_that_holds_anything_fails_no_task(spark: SparkSession) -> None:
    frame = spark.sql("select 'Well.' as text, array(cast(X'436166e9' as string)) as authors, map('a', 1) as title")
    assert [row["body"] for row in cleancopy.spark.clean(frame).select("body").collect()] == ["Well."]


def test_threads_may_be_none(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("Well.",)], "text string")
    assert [row["body"] for row in rows(cleancopy.spark.clean(frame, threads=None))] == ["Well."]


def test_errors_come_at_once(frame: DataFrame) -> None:
    for wrong, error in [({"threads": 0}, ValueError), ({"threads": -1}, ValueError), ({"threads": "2"}, TypeError),
                         ({"source": 3}, TypeError), ({"id": "kye"}, ValueError), ({"html": "pgae"}, ValueError)]:
        with pytest.raises(error):
            cleancopy.spark.clean(frame, **wrong)
    with pytest.raises(ValueError, match="no field `page`"):
        cleancopy.spark.clean(frame.drop("html", "text"), html="page")
    with pytest.raises(ValueError, match="unknown mode"):
        cleancopy.spark.clean(frame, mode="bold")
    for option in ("colour", "first"):
        with pytest.raises(TypeError, match=option):
            cleancopy.spark.clean(frame, **{option: 1})
