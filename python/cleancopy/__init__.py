"""Scraped articles in, clean copy out, and a report of everything that was cut.

>>> import cleancopy
>>> cleaned = cleancopy.clean_text('''The airport at Nyby has hired a heron to keep gulls off its runway.
... Advertisement
... The bird works from six until ten, and it takes no holidays.''')
>>> cleaned.body
'The airport at Nyby has hired a heron to keep gulls off its runway.\\n\\nThe bird works from six until ten, and it takes no holidays.'
>>> [(removal.kind, removal.rule, removal.text) for removal in cleaned.removals]
[('ad', 'ad.marker.en', 'Advertisement')]

- `clean_text`, `clean_html`: one document.
- `clean_many`: any iterable of documents, on all cores.
- `clean_table`: an Arrow table (pyarrow, Polars, pandas, DuckDB, Hugging Face datasets) to a pyarrow Table.
- `Cleaner`: the same as methods, with the options set once.
- `cleancopy.spark.clean`, `cleancopy.ray.clean`: the same on these engines.

All of them take the options of `Cleaner` as keywords. Nothing here needs the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ._native import KINDS, STATUSES, Cleaned, Cleaner, Removal, __version__

if TYPE_CHECKING:
    import pyarrow
    from typing_extensions import Unpack

    from ._options import CleanerOptions, OneTableOptions

__all__ = [
    "KINDS",
    "STATUSES",
    "Cleaned",
    "Cleaner",
    "Removal",
    "__version__",
    "clean_html",
    "clean_many",
    "clean_table",
    "clean_text",
]

# The options of `clean_table` that are not the cleaner's.
_TABLE = ("id", "url", "site", "source", "first", "emit_text", "threads")


@lru_cache(maxsize=8, typed=True)
def _made(**options: Any) -> Cleaner:
    return Cleaner(**options)


def _fixed(value: Any) -> Any:
    is_several = isinstance(value, Iterable) and not isinstance(value, (str, bytes))
    return tuple(value) if is_several else value


def _cleaner_of(options: Mapping[str, Any]) -> Cleaner:
    """A cleaner with these options; the same one again for the same options, if they can be told apart."""
    options = {name: _fixed(value) for name, value in sorted(options.items()) if value is not None}
    try:
        hash(tuple(options.values()))
    except TypeError:
        return Cleaner(**options)
    return _made(**options)


def _cleaner(options: Mapping[str, Any]) -> Cleaner:
    """A cleaner with these options, compiled already if it can be."""
    # Files may have changed since.
    has_files = any(options.get(name) is not None for name in ("rules", "site_lines", "model"))
    return Cleaner(**options) if has_files else _cleaner_of(options)


def _parted(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of the cleaner, and those of the table."""
    of_table = {name: value for name, value in options.items() if name in _TABLE}
    return {name: value for name, value in options.items() if name not in _TABLE}, of_table


def clean_text(text: str, url: str | None = None, **options: Unpack[CleanerOptions]) -> Cleaned:
    """Clean a plain text.

    Args:
        text: The text, one paragraph or one line of the page a line.
        url: Its address, for rules of one site and lines of sites.
        **options: Those of `Cleaner`. The cleaner is made once for the same options, except where they name files.

    Returns:
        The body and every cut. Whatever is wrong with the text is said by `status`, not by an exception.

    Raises:
        TypeError: `text` is no string, or there is no such option.
        UnicodeEncodeError: `text` holds halves of surrogate pairs.
        ValueError: An option has a value that it cannot have, or a file of rules, of lines or a model is not one.
        OSError: A file that an option names cannot be read.
    """
    return _cleaner(options).clean_text(text, url)


def clean_html(html: str | bytes | bytearray, url: str | None = None, **options: Unpack[CleanerOptions]) -> Cleaned:
    """Clean a page of HTML.

    Args:
        html: The page; as bytes in the encoding that its mark or its `meta` names, or that is found.
        url: Its address, for rules of one site and to tell what the page is about.
        **options: Those of `Cleaner`. The cleaner is made once for the same options, except where they name files.

    Returns:
        The body and every cut. Bytes that are no page (an image, say) have the status `error`, and `error` says why.

    Raises:
        TypeError: `html` is of another type, or there is no such option.
        UnicodeEncodeError: `html` is a string that holds halves of surrogate pairs.
        ValueError, OSError: As with `clean_text`.
    """
    return _cleaner(options).clean_html(html, url)


def clean_many(
    documents: Iterable[Any], *, html: bool = False, threads: int | None = None, **options: Unpack[CleanerOptions]
) -> Iterator[Cleaned]:
    """Clean documents from any iterable, on all cores.

    Args:
        documents: Strings and bytes, or pairs of one of these and an address (None or NaN if there is none). Bytes are
            pages of HTML, strings are plain texts.
        html: Strings are pages, too.
        threads: How many threads to work on, from 1 to 1024; all cores by default.
        **options: Those of `Cleaner`.

    Returns:
        An iterator over the results, one for each document and in their order. A document that is neither string nor
        bytes, or whose address is something else, has the status `error`. While no result is ready, documents are taken
        from the iterable ahead of what is asked for, at most 32 for each thread and about 32 MB. Several threads may
        share the iterator; the iterable itself cannot ask it for results.

    Raises:
        TypeError: `documents` cannot be iterated over or is itself one document, or there is no such option.
        ValueError, OSError: As with `clean_text`. What the iterable itself raises comes through, after the results of
            what it gave before; but what is no `Exception`, as KeyboardInterrupt, at once.
        RuntimeError: The iterator is used in a process that was forked off since.
    """
    return _cleaner(options).clean_many(documents, html=html, threads=threads)


def clean_table(
    table: Any, *, text: str | None = None, html: str | None = None, **options: Unpack[OneTableOptions]
) -> pyarrow.Table:
    """Clean the rows of an Arrow table.

    Args:
        table: Anything with the Arrow C data interface (`__arrow_c_stream__` or `__arrow_c_array__`): a pyarrow Table,
            RecordBatch or RecordBatchReader, a Polars or pandas (2.2 and later) DataFrame, a DuckDB relation; or a Dataset
            of Hugging Face. It is not copied, but for columns of objects of pandas, which pandas makes strings of. What a
            reader runs to make its batches is run on another thread.
        text: The column of the texts; `a.b` is the field `b` of the struct `a`. By default the first of `text`,
            `content`, `maintext`, `article`, `plain_text`, `body`. A row's HTML goes before its text, unless the
            column of the text is given and that of the HTML is not.
        html: The column of the pages, strings or bytes. By default the first of `html`, `raw_html`.
        **options: Those of `Cleaner`, and

            - `id`, `url`: the columns of the id and of the address, by default `id` and `url`;
            - `site`: the column that says which site a row is of, for `site_lines`; by default the address says;
            - `source`: what the column `source` holds, by default `table`; a row without an id is `table#n`;
            - `first`: the number of the first row, by default 1, for a table that is the continuation of another;
            - `emit_text`: whether there is a column `text` of the source texts (of a page what is shown of it);
            - `threads`: how many threads to work on, from 1 to 1024; all cores by default.

    Returns:
        A table of as many rows in the same order. Its columns are `id`, `source`, `url`, `title`, `byline`, `date`,
        `lang`, `status`, `error`, `body` (strings), `removed` (a list of structs `start`, `end`, `kind`, `rule`,
        `confidence`, `text`, `body_at`, places in bytes of UTF-8), `stats` (a struct of counts), `text` if asked for,
        and then those of the table that are not used, as they are; a column whose name is taken has `input_` put in
        front of it. A row whose text is null or no string has the status `error`, and `error` says why.

    Raises:
        TypeError: `table` has no Arrow C data interface or is a single column, or there is no such option.
        ValueError: There is no column of texts or pages or none of a name that is given, or the table cannot be read
            (a stream whose batches are not of the schema that it declares, say); else as with `clean_text`.
        ImportError: pyarrow is missing (`pip install 'cleancopy[arrow]'`).
        OSError: As with `clean_text`.
    """
    of_cleaner, of_table = _parted(options)
    return _cleaner(of_cleaner).clean_table(table, text=text, html=html, **of_table)
