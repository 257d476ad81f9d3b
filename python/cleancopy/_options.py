"""What may be said as keywords, for type checkers and readers."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Literal, TypedDict, Union

Mode = Literal["precise", "balanced", "thorough"]
File = Union[str, "PathLike[str]"]


class CleanerOptions(TypedDict, total=False):
    """The options of `cleancopy.Cleaner`."""

    mode: Mode | None
    keep: str | Iterable[str] | None
    only: str | Iterable[str] | None
    min_confidence: float | None
    max_doc_bytes: int | None
    rules: File | Iterable[File] | None
    site_lines: File | None
    model: File | None


class TableOptions(CleanerOptions, total=False):
    """Those, and what may be said of a table."""

    id: str | None
    url: str | None
    site: str | None
    source: str | None
    emit_text: bool
    threads: int | None


class OneTableOptions(TableOptions, total=False):
    """Those, and what may be said of a table that is not in parts."""

    first: int | None
