"""Cleaning on Ray Data: each block by its own task, as an Arrow table.

Needs Ray 2.9 or later and pyarrow: `pip install 'cleancopy[ray]'`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow
from ray.data import Dataset

from ._engine import split

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import Cleaner
    from ._options import TableOptions

__all__ = ["clean"]


def clean(
    ds: Dataset, *, text: str | None = None, html: str | None = None, **options: Unpack[TableOptions]
) -> Dataset:
    """Clean the rows of a Ray Dataset.

    Args:
        ds: A row a document. Columns are found as `cleancopy.clean_table` finds them.
        text: The column of the texts, by default the first of the usual names.
        html: The column of the pages, strings or bytes, by default the first of the usual names.
        **options: Those of `cleancopy.Cleaner`, and `id`, `url`, `site`, `source`, `emit_text`, `threads` of
            `cleancopy.clean_table`. Files that they name are read here and travel to the workers. `threads` is the
            number of cores that Ray gives each task, too, and waits for if the cluster has fewer; 1 by default.

    Returns:
        A Dataset of as many rows, in the same blocks: the columns of `cleancopy.clean_table` and beside them those of
        `ds` that are not used. It is made when it is asked for. A row that cannot be cleaned has the status `error` and
        does not fail its task. A row without an id is numbered in its block, so give one if ids must be unique.

    Raises:
        ValueError: An option has a value that it cannot have, or there is no column of texts or pages or none of a name
            that is given. Where Ray does not know the columns yet, or holds them as pandas, that is said when the rows are
            asked for.
        TypeError: There is no such option.
        OSError: A file that an option names cannot be read.
    """
    cleaner, of_table = split(text, html, options, "block")
    schema = ds.schema(fetch_if_missing=False)
    if schema is not None and isinstance(schema.base_schema, pyarrow.Schema):
        # So is what is wrong with the columns.
        cleaner.clean_table(schema.base_schema.empty_table(), **of_table)
    # Ray's type for a function has no room for its keywords.
    clean_block: Any = _clean_block
    return ds.map_batches(
        clean_block,
        fn_kwargs={"cleaner": cleaner, "of_table": of_table},
        batch_format="pyarrow",
        batch_size=None,
        zero_copy_batch=True,
        num_cpus=of_table["threads"],
    )


def _clean_block(block: pyarrow.Table, cleaner: Cleaner, of_table: dict[str, Any]) -> pyarrow.Table:
    return cleaner.clean_table(block, **of_table)
