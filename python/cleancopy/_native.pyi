from collections.abc import Iterable, Iterator
from os import PathLike
from typing import Any, Literal, TypeAlias, final

import pyarrow

__all__ = ["KINDS", "STATUSES", "Cleaned", "Cleaner", "Many", "Removal", "__version__", "run_command"]

__version__: str
KINDS: list[str]
STATUSES: list[str]

_Kind: TypeAlias = Literal[
    "ad",
    "caption",
    "credit",
    "source",
    "bio",
    "byline",
    "date",
    "title",
    "share",
    "promo",
    "related",
    "tags",
    "nav",
    "legal",
    "comment",
    "contact",
    "other",
]
_Status: TypeAlias = Literal["ok", "unchanged", "empty", "not_article", "suspect", "over_limit", "error"]
_Mode: TypeAlias = Literal["precise", "balanced", "thorough"]
_File: TypeAlias = str | PathLike[str]

@final
class Removal:
    """One cut. It can be pickled, compared and hashed.

    `start` and `end` are bytes of the source text in UTF-8, as in every record that cleancopy writes; `start_char` and
    `end_char` are characters, by which Python counts: `cleaned.text[r.start_char:r.end_char] == r.text`.
    """

    @property
    def start(self) -> int:
        """The first byte of the cut in the UTF-8 of the source text."""
    @property
    def end(self) -> int:
        """One past its last byte."""
    @property
    def start_char(self) -> int:
        """The first character of the cut in the source text."""
    @property
    def end_char(self) -> int:
        """One past its last character."""
    @property
    def kind(self) -> _Kind:
        """What it is, one of `KINDS`."""
    @property
    def rule(self) -> str:
        """The id of the rule that decided."""
    @property
    def confidence(self) -> float:
        """How sure the judge is, from 0 to 1."""
    @property
    def text(self) -> str:
        """The text that was cut."""
    @property
    def body_at(self) -> int | None:
        """The byte of the body's UTF-8 before which it stood."""
    def to_dict(self) -> dict[str, Any]:
        """The cut as a dict: `start`, `end`, `kind`, `rule`, `confidence`, `text`, `body_at`, `start_char`, `end_char`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Cleaned:
    """A clean document, and everything that was cut from it. It can be pickled, compared and hashed."""

    @property
    def title(self) -> str | None:
        """The headline, or None if it is not known."""
    @property
    def byline(self) -> str | None:
        """The author line, or None."""
    @property
    def date(self) -> str | None:
        """The publication date as it was written, or None."""
    @property
    def lang(self) -> str | None:
        """The language that the page says it is in, or None."""
    @property
    def url(self) -> str | None:
        """The address that was given, else the one that the page gives as its own, or None."""
    @property
    def status(self) -> _Status:
        """How it ended, one of `STATUSES`."""
    @property
    def error(self) -> str | None:
        """Why the document is unreadable; None unless the status is `error`."""
    @property
    def body(self) -> str:
        """The clean body: paragraphs joined by one blank line."""
    @property
    def text(self) -> str:
        """The source text, which removals are places in: the text itself; of a page what is shown, one block a line."""
    @property
    def removals(self) -> tuple[Removal, ...]:
        """Every cut: sorted, disjoint, never empty."""
    @property
    def stats(self) -> dict[str, Any]:
        """Counts: `chars_in`, `chars_body`, `segments_kept`, `segments_removed`, and where known `encoding`, `text_from`."""
    def to_dict(self, *, text: bool = False) -> dict[str, Any]:
        """The result as a dict of plain values: a record without `id`, `source` and `extra`, with `removed` for the cuts.

        Args:
            text: Put the source text in, as `text`.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Cleaner:
    """A cleaner: the rules compiled once, for any number of documents, shared by any number of threads.

    It can be pickled; the files that it was made with travel along. Making one takes a fraction of a second, so make one
    and keep it. A process that is forked makes it once more.

    Args:
        mode: The balance between body lost and junk left: `precise`, `balanced` (by default) or `thorough`.
        keep: Kinds that are left in the body, of `cleancopy.KINDS`.
        only: Kinds that alone are cut, of `cleancopy.KINDS`.
        min_confidence: Cut nothing of which the judge is less sure, from 0 to 1.
        max_doc_bytes: Pass larger documents through uncut; 32 MiB by default.
        rules: Files (TOML) of your own rules, which win over the built-in ones.
        site_lines: A table of lines that recur in sites, made by `cleancopy learn`.
        model: A model of your own, in place of the one built in.

    Raises:
        TypeError: There is no such option, or it is of another type.
        ValueError: A value is out of its range, a kind or mode is unknown, or a file is not what it should be.
        OSError: A file cannot be read.
    """

    def __new__(
        cls,
        *,
        mode: _Mode | None = None,
        keep: str | Iterable[str] | None = None,
        only: str | Iterable[str] | None = None,
        min_confidence: float | None = None,
        max_doc_bytes: int | None = None,
        rules: _File | Iterable[_File] | None = None,
        site_lines: _File | None = None,
        model: _File | None = None,
    ) -> Cleaner: ...
    def clean_text(self, text: str, url: str | None = None) -> Cleaned:
        """Clean a plain text. See `cleancopy.clean_text`."""
    def clean_html(self, html: str | bytes | bytearray, url: str | None = None) -> Cleaned:
        """Clean a page of HTML. See `cleancopy.clean_html`."""
    def clean_many(self, documents: Iterable[Any], *, html: bool = False, threads: int | None = None) -> Many:
        """Clean documents from any iterable, on all cores. See `cleancopy.clean_many`."""
    def clean_table(
        self,
        table: Any,
        *,
        text: str | None = None,
        html: str | None = None,
        id: str | None = None,
        url: str | None = None,
        site: str | None = None,
        source: str | None = None,
        first: int | None = None,
        emit_text: bool = False,
        threads: int | None = None,
    ) -> pyarrow.Table:
        """Clean the rows of an Arrow table. See `cleancopy.clean_table`."""

@final
class Many(Iterator[Cleaned]):
    """An iterator over what comes of documents, in their order."""

    def __iter__(self) -> Many: ...
    def __next__(self) -> Cleaned: ...

def run_command(args: list[str]) -> int: ...
