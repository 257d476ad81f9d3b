"""Cleaning on Spark: each partition by its own worker, in Arrow batches.

Needs PySpark 3.5 or later and pyarrow where the driver and the workers run: `pip install 'cleancopy[spark]'`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow
from pyspark import TaskContext
from pyspark.sql import DataFrame
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    DataType,
    DoubleType,
    LongType,
    NumericType,
    StringType,
    StructField,
    StructType,
)

from ._engine import split

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import TableOptions

__all__ = ["clean"]

# What a column that stays says of itself: its number.
_COLUMN = b"column"


def clean(
    df: DataFrame, *, text: str | None = None, html: str | None = None, **options: Unpack[TableOptions]
) -> DataFrame:
    """Clean the rows of a Spark DataFrame.

    Args:
        df: A row a document. Columns are found as `cleancopy.clean_table` finds them, but those that are named in
            lower or upper case, as Spark finds them (unless `spark.sql.caseSensitive` is set).
        text: The column of the texts, by default the first of the usual names.
        html: The column of the pages, strings or binary, by default the first of the usual names.
        **options: Those of `cleancopy.Cleaner`, and `id`, `url`, `site`, `source`, `emit_text`, `threads` of
            `cleancopy.clean_table`. Files that they name are read here and travel to the workers. `threads` is 1 by
            default, for Spark gives a task one core. Without `source` it is `partition-N`, so that the ids of rows
            which have none (`partition-N#n`) are unique.

    Returns:
        A DataFrame of as many rows, in the same partitions and order: the columns of `cleancopy.clean_table` and beside
        them those of `df` that are not used; one whose name is taken, in whatever case, has `input_` put in front of
        it. Like everything in Spark it is made when it is asked for. A row that cannot be cleaned has the status
        `error` and does not fail its task.

    Raises:
        ValueError: There is no column of texts or pages or none of a name that is given, or an option has a value that
            it cannot have.
        TypeError: There is no such option.
        OSError: A file that an option names cannot be read.
    """
    cleaner, of_table = split(text, html, options, "partition")
    source = of_table.pop("source", None)
    before = df.schema
    tells_case = df.sparkSession.conf.get("spark.sql.caseSensitive", "false") == "true"
    if not tells_case:
        named = {name: of_table[name] for name in ("text", "html", "id", "url", "site") if of_table.get(name)}
        of_table.update((name, _found(before, column)) for name, column in named.items())
    of_schema = {name: value for name, value in of_table.items() if name != "threads"}
    columns = list(cleaner.clean_table(pyarrow.schema(_arrow(before)).empty_table(), **of_schema).schema)
    records = [field for field in columns if not field.metadata]
    # Of columns that stay Spark knows what they are.
    kept = [before.fields[int(field.metadata[_COLUMN])] for field in columns if field.metadata]
    fields = [_spark(field) for field in records] + kept
    names = [field.name for field in records]
    names += _names(names, [field.name for field in kept], tells_case)
    given, numbers = before.fieldNames(), _numbers(len(names))

    def clean_partition(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        context = TaskContext.get()
        name = source if source is not None else f"partition-{context.partitionId() if context else 0}"
        first = 1
        for batch in batches:
            table = pyarrow.Table.from_batches([batch]).rename_columns(given)
            cleaned = cleaner.clean_table(table, source=name, first=first, **of_table)
            yield from cleaned.rename_columns(numbers).to_batches()
            first += batch.num_rows

    # On the way Spark looks columns up by their names, and does not find those with a dot, or one of two.
    schema = StructType([
        StructField(number, field.dataType, field.nullable, field.metadata)
        for number, field in zip(numbers, fields, strict=True)
    ])
    return df.toDF(*_numbers(len(given))).mapInArrow(clean_partition, schema).toDF(*names)


def _numbers(count: int) -> list[str]:
    """Names for columns that are looked up in no way but by their place."""
    return [f"c{number}" for number in range(count)]


def _names(records: list[str], kept: list[str], tells_case: bool) -> Iterator[str]:
    """What columns that stay are called beside those of records, as `clean_table` calls them where case is told: by their
    names, with `input_` in front while taken."""

    def folded(name: str) -> str:
        return name if tells_case else name.lower()

    taken, stay = set(map(folded, records)), set(map(folded, kept))
    for before in kept:
        name = before
        while folded(name) in taken or (name != before and folded(name) in stay):
            name = f"input_{name}"
        taken.add(folded(name))
        yield name


def _found(schema: StructType, name: str) -> str:
    """The column that Spark would find by this name, by the name that it has."""
    names = schema.fieldNames()
    if name in names:
        return name
    for there in reversed(names):
        if there.lower() == name.lower():
            return there
    outer, _, rest = name.partition(".")
    for field in schema.fields:
        if field.name.lower() == outer.lower() and isinstance(field.dataType, StructType):
            return f"{field.name}.{_found(field.dataType, rest)}"
    return name


def _arrow(schema: StructType) -> list[pyarrow.Field[Any]]:
    """The columns as far as it matters which of them hold ids, texts and pages."""

    def kind(spark: DataType) -> pyarrow.DataType:
        if isinstance(spark, StringType):
            return pyarrow.string()
        if isinstance(spark, BinaryType):
            return pyarrow.binary()
        if isinstance(spark, NumericType):
            return pyarrow.int64()
        if isinstance(spark, StructType):
            return pyarrow.struct(_arrow(spark))
        return pyarrow.bool_()

    return [
        pyarrow.field(field.name, kind(field.dataType), metadata={_COLUMN: str(number)})
        for number, field in enumerate(schema.fields)
    ]


def _spark(field: pyarrow.Field[Any]) -> StructField:
    """A column of records."""

    def kind(arrow: pyarrow.DataType) -> DataType:
        if pyarrow.types.is_list(arrow):
            return ArrayType(kind(arrow.value_type), arrow.value_field.nullable)
        if pyarrow.types.is_struct(arrow):
            return StructType([_spark(field) for field in arrow])
        return {pyarrow.int64(): LongType(), pyarrow.float64(): DoubleType(), pyarrow.string(): StringType()}[arrow]

    return StructField(field.name, kind(field.type), field.nullable)
