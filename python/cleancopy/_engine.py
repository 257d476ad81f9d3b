"""What the engines share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow

from . import Cleaner, _parted


def split(
    text: str | None, html: str | None, options: Mapping[str, Any], part: str
) -> tuple[Cleaner, dict[str, Any]]:
    """The cleaner that the options ask for, and what they say of the table, of which a part is cleaned at a time."""
    of_cleaner, of_table = _parted(options)
    if "first" in of_table:
        raise TypeError(f"rows are numbered in each {part}, so there is no option `first`")
    if of_table.get("threads") is None:
        # The engine gives a task one core.
        of_table["threads"] = 1
    if text is not None:
        of_table["text"] = text
    if html is not None:
        of_table["html"] = html
    cleaner = Cleaner(**of_cleaner)
    # What is wrong is better said now than by a task, where the columns are not known yet, too.
    said = {name: value for name, value in of_table.items() if name in ("source", "emit_text", "threads")}
    cleaner.clean_table(pyarrow.schema({"text": pyarrow.string()}).empty_table(), **said)
    return cleaner, of_table
