"""Cleaning on Spark: each partition by its own worker, in Arrow batches.

Needs PySpark 3.5 or later and pyarrow where the driver and the workers run: `pip install 'cleancopy[spark]'`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow
from pyspark import TaskContext
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructField, StructType

from . import Cleaner
from ._engine import split

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import TableOptions

__all__ = ["clean"]


def clean(
    df: DataFrame, *, text: str | None = None, html: str | None = None, **options: Unpack[TableOptions]
) -> DataFrame:
    """Clean the rows of a Spark DataFrame.

    Args:
        df: A row a document. Columns are found as `cleancopy.clean_table` finds them.
        text: The column of the texts, by default the first of the usual names.
        html: The column of the pages, strings or binary, by default the first of the usual names.
        **options: Those of `cleancopy.Cleaner`, and `id`, `url`, `site`, `source`, `emit_text`, `threads` of
            `cleancopy.clean_table`. Files that they name are read here and travel to the workers. `threads` is 1 by
            default, for Spark gives a task one core. Without `source` it is `partition-N`, so that the ids of rows
            which have none (`partition-N#n`) are unique.

    Returns:
        A DataFrame of as many rows, in the same partitions and order: the columns of `cleancopy.clean_table` and beside
        them those of `df` that are not used. Like everything in Spark it is made when it is asked for. A row that
        cannot be cleaned has the status `error` and does not fail its task.

    Raises:
        ValueError: There is no column of texts or pages; or an option has a value that it cannot have.
        TypeError: There is no such option.
        OSError: A file that an option names cannot be read.
    """
    cleaner, of_table = split(text, html, options, "partition")
    source = of_table.pop("source", None)
    of_schema = {name: value for name, value in of_table.items() if name != "threads"}
    before = df.schema
    arrow, kept = Cleaner._table_schema(to_arrow_schema(before), **of_schema)
    # Of columns that stay Spark knows more than Arrow can say.
    names = dict(kept)
    fields = [
        _renamed(before.fields[names[field.name]], field.name) if field.name in names else field
        for field in from_arrow_schema(arrow).fields
    ]

    def clean_partition(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        context = TaskContext.get()
        name = source if source is not None else f"partition-{context.partitionId() if context else 0}"
        first = 1
        for batch in batches:
            yield from cleaner.clean_table(batch, source=name, first=first, **of_table).to_batches()
            first += batch.num_rows

    return df.mapInArrow(clean_partition, StructType(fields))


def _renamed(field: StructField, name: str) -> StructField:
    return StructField(name, field.dataType, field.nullable, field.metadata)
