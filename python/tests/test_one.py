"""One document at a time, and many from an iterable."""

from __future__ import annotations

import copy
import doctest
import gc
import json
import math
import os
import pickle
import signal
import struct
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cleancopy
import numpy
import pandas
import pyarrow as pa
import pytest
from conftest import ROOT, Record, by_command

TEXT = """\
Der Flughafen von Nyby hat einen Reiher engagiert – er soll Möwen fernhalten 🐦.
Anzeige
Er arbeitet von sechs bis zehn und nimmt keinen Urlaub, sagt der Flughafen.
"""


def test_docstring() -> None:
    assert doctest.testmod(cleancopy).failed == 0
    assert doctest.testmod(cleancopy).attempted > 2


def test_removals_have_places_in_characters_and_bytes() -> None:
    cleaned = cleancopy.clean_text(TEXT)
    assert cleaned.status == "ok"
    assert cleaned.text == TEXT
    (removal,) = cleaned.removals
    assert (removal.kind, removal.text) == ("ad", "Anzeige")
    assert TEXT[removal.start_char : removal.end_char] == "Anzeige"
    assert TEXT.encode()[removal.start : removal.end] == b"Anzeige"
    assert removal.start > removal.start_char
    assert removal.rule.startswith("ad.") and 0.5 < removal.confidence <= 1
    assert removal.body_at is not None
    assert removal == cleancopy.clean_text(TEXT).removals[0] != cleancopy.clean_text("\n" + TEXT).removals[0]
    kept = TEXT.encode()[: removal.start] + TEXT.encode()[removal.end :]
    assert "".join(cleaned.body.split()) == "".join(kept.decode().split())


def test_dict_is_the_record_of_the_command(documents: list[Record], expected: dict[str, Record]) -> None:
    for document in documents:
        if document["title"] is not None or document["id"] == "null":
            continue
        if document["html"] is not None:
            cleaned = cleancopy.clean_html(document["html"], document["url"])
        else:
            cleaned = cleancopy.clean_text(document["text"], url=document["url"])
        record = expected[document["id"]]
        found = json.loads(json.dumps(cleaned.to_dict()))
        for cut in found["removed"]:
            assert cleaned.text[cut.pop("start_char") : cut.pop("end_char")] == cut["text"]
        assert found == {name: value for name, value in record.items() if name not in ("id", "source", "extra")}
        assert cleaned.to_dict(text=True)["text"] == cleaned.text
        for field in ("title", "byline", "date", "lang", "url", "status", "body"):
            assert getattr(cleaned, field) == record[field]
        assert len(cleaned.removals) == len(record["removed"])
        assert cleaned.stats == record["stats"]


def test_bytes_are_decoded() -> None:
    page = "<meta charset=iso-8859-2><p>Zażółć gęślą jaźń</p>"
    cleaned = cleancopy.clean_html(page.encode("iso-8859-2"))
    assert cleaned.body == "Zażółć gęślą jaźń"
    assert cleaned.stats["encoding"] == "ISO-8859-2"
    assert cleancopy.clean_html(bytearray(page.encode())).body == "Zażółć gęślą jaźń"
    image = cleancopy.clean_html(b"\x89PNG\r\n\x1a\n")
    assert (image.status, image.body, image.removals) == ("error", "", ())
    assert image.error == "not HTML: looks like a PNG image"


def test_errors_are_those_of_python(tmp_path: Path) -> None:
    wrong: Any = 3
    for call in (cleancopy.clean_text, cleancopy.clean_html, cleancopy.clean_many, cleancopy.clean_table):
        with pytest.raises(TypeError):
            call(wrong)
    with pytest.raises(TypeError, match="colour"):
        cleancopy.clean_text("x", colour="red")
    with pytest.raises(UnicodeEncodeError):
        cleancopy.clean_text("\ud800")
    for options, what in [
        ({"mode": "bold"}, "unknown mode `bold`"),
        ({"keep": ["advert"]}, "unknown kind `advert`"),
        ({"only": "ad,advert"}, "unknown kind `advert`"),
        ({"min_confidence": 1.5}, "from 0 to 1"),
    ]:
        with pytest.raises(ValueError, match=what):
            cleancopy.Cleaner(**options)
    with pytest.raises(FileNotFoundError) as missing:
        cleancopy.Cleaner(rules=tmp_path / "mine.toml")
    assert missing.value.filename == str(tmp_path / "mine.toml")
    with pytest.raises(IsADirectoryError):
        cleancopy.Cleaner(model=tmp_path)
    for option in ("rules", "site_lines", "model"):
        file = tmp_path / "odd"
        file.write_text("what is this")
        with pytest.raises(ValueError, match="odd"):
            cleancopy.Cleaner(**{option: file})


RULES = """\
[[rule]]
id = "promo.app"
kind = "promo"
scope = "line"
phrases = ["get the paper in your pocket"]
catch = ["Get the paper in your pocket!"]
spare = ["Get the paper in your pocket wet, and it is lost."]
"""

LINES = """\
site\tdocuments\twith\tshare\tline
x.example\t100\t90\t0.9\tharbour desk and more
"""

OPTIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({"mode": "precise"}, ["--mode", "precise"]),
    ({"mode": "thorough"}, ["--mode", "thorough"]),
    ({"keep": ["ad", "caption"]}, ["--keep", "ad,caption"]),
    ({"keep": "ad"}, ["--keep", "ad"]),
    ({"only": {"ad", "byline"}}, ["--only", "ad,byline"]),
    ({"min_confidence": 0.97}, ["--min-confidence", "0.97"]),
    ({"max_doc_bytes": 300}, ["--max-doc-bytes", "300"]),
    ({"rules": "RULES"}, ["--rules", "RULES"]),
    ({"rules": ["RULES"], "mode": "precise"}, ["--rules", "RULES", "--mode", "precise"]),
    ({"site_lines": "LINES"}, ["--site-lines", "LINES"]),
    ({"model": "MODEL"}, ["--model", "MODEL"]),
]


@pytest.mark.parametrize(("options", "flags"), OPTIONS, ids=[" ".join(flags) for _, flags in OPTIONS])
def test_every_option_does_what_the_flag_does(
    options: dict[str, Any], flags: list[str], documents: list[Record], expected: dict[str, Record], tmp_path: Path
) -> None:
    (tmp_path / "RULES").write_text(RULES)
    (tmp_path / "LINES").write_text(LINES)
    (tmp_path / "MODEL").write_bytes(other_model())
    path = {name: str(tmp_path / name) for name in ("RULES", "LINES", "MODEL")}
    flags = [path.get(flag, flag) for flag in flags]
    options = {name: [path[one] for one in value] if value == ["RULES"] else
               path.get(value, value) if isinstance(value, str) else value for name, value in options.items()}
    some = [d for d in documents if d["title"] is None and d["id"].split()[0] in ("page", "text")][:80]
    url = "https://x.example/1"
    some.append({"id": "own", "text": "Get the paper in your pocket!\nHarbour desk and more\n" + TEXT, "url": url,
                 "html": None})
    wanted = by_command(some, tmp_path, *flags)
    cleaner = cleancopy.Cleaner(**options)
    again = pickle.loads(pickle.dumps(cleaner))
    differences = 0
    for document in some:
        is_page = document["html"] is not None
        for clean in (cleaner, again):
            clean_one = clean.clean_html if is_page else clean.clean_text
            cleaned = clean_one(document["html"] if is_page else document["text"], document["url"])
            assert cleaned.body == wanted[document["id"]]["body"], document["id"]
            assert cleaned.status == wanted[document["id"]]["status"], document["id"]
        differences += document["id"] != "own" and cleaned.body != expected[document["id"]]["body"]
    default = cleancopy.clean_text(some[-1]["text"], url).body
    assert differences > 0 or cleaned.body != default, "the option has no effect"


def other_model() -> bytes:
    """The model that is built in, without what it knows of words."""
    model = bytearray((ROOT / "src/model/cleancopy.model").read_bytes())
    # Behind its name and two hashes stands how long the table of words is, and then the table.
    (length,) = struct.unpack_from("<I", model, 16)
    assert length > 1000
    model[20 : 20 + length] = bytes(length)
    return bytes(model)


def test_many_are_those_of_one_in_their_order(documents: list[Record]) -> None:
    def given() -> Iterator[Any]:
        for document in documents:
            if document["html"] is not None:
                yield document["html"].encode(), document["url"]
            else:
                yield document["text"], document["url"]

    for threads in (1, 3, None):
        many = list(cleancopy.clean_many(given(), threads=threads))
        assert len(many) == len(documents)
        for cleaned, document in zip(many, documents, strict=True):
            if document["html"] is not None:
                assert cleaned.body == cleancopy.clean_html(document["html"].encode(), document["url"]).body
            elif document["text"] is not None:
                assert cleaned.body == cleancopy.clean_text(document["text"], document["url"]).body
            else:
                assert (cleaned.status, cleaned.error) == (
                    "error", "the document is NoneType, not a string or bytes")


def test_many_strings_may_be_pages() -> None:
    (page,) = cleancopy.clean_many(["<p>One &amp; all"], html=True)
    assert page.text == "One & all\n"
    (text,) = cleancopy.clean_many(["<p>One &amp; all"])
    assert text.text == "<p>One &amp; all"


def test_many_take_bad_documents_and_iterables() -> None:
    statuses = [cleaned.status for cleaned in cleancopy.clean_many(["Fine.", 3, "\ud800", b"%PDF-1.4", "Fine."])]
    assert statuses == ["unchanged", "error", "error", "error", "unchanged"]

    def breaks() -> Iterator[str]:
        yield from ["One.", "Two."]
        raise KeyError("the third")

    many = cleancopy.clean_many(breaks())
    assert [next(many).body, next(many).body] == ["One.", "Two."]
    with pytest.raises(KeyError, match="the third"):
        next(many)
    assert list(many) == []
    assert list(cleancopy.clean_many([])) == []


def test_many_are_taken_a_bounded_way_ahead() -> None:
    taken = 0
    is_closed = False

    def endless() -> Iterator[str]:
        nonlocal taken, is_closed
        try:
            while True:
                taken += 1
                yield "A line of a text without an end, said the heron."
        finally:
            is_closed = True

    many = cleancopy.clean_many(endless(), threads=2)
    for _ in range(100):
        next(many)
    assert taken <= 100 + 2 * 32
    assert not is_closed
    # It holds nothing any more, and nobody takes from it.
    before = taken
    del many
    assert is_closed and taken == before


def test_many_go_on_after_bad_documents() -> None:
    address = "https://x.example/1"
    given: list[Any] = [("A.", address), ("A.", None), ("A.", math.nan), ("A.", pandas.NA), ("A.", 3), ("A.", "\ud800"),
                        (3, address), ("A.", b"x"), "A.", ("A.", address, "more"), math.nan, None]
    cleaned = list(cleancopy.clean_many(given))
    bad = {4: "has an address that is int", 5: "cannot be encoded", 6: "is int", 7: "has an address that is bytes",
           9: "is tuple", 10: "is float", 11: "is NoneType"}
    assert len(cleaned) == len(given)
    for at, one in enumerate(cleaned):
        assert one.status == ("error" if at in bad else "unchanged"), at
        assert at not in bad or f"the document {bad[at]}" in str(one.error)
        assert one.url == (address if at == 0 else None)


def test_many_are_no_single_document() -> None:
    for document in ("A text.", b"<p>A page.", bytearray(b"<p>A page.")):
        with pytest.raises(TypeError, match="an iterable of documents"):
            cleancopy.clean_many(document)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_is_no_exception_comes_at_once(end: type[BaseException]) -> None:
    def ends() -> Iterator[str]:
        yield "A."
        yield PAGES
        raise end

    many = cleancopy.clean_many(ends(), threads=1, html=True)
    results = 0
    with pytest.raises(end):
        for _ in many:
            results += 1
    assert results < 2
    # What was under way is not lost.
    assert results + len(list(many)) == 2


# It takes its time.
PAGES = "<p>A line of a text, said the heron, and went on to say more.</p>" * 50_000


def test_many_give_what_is_ready_before_they_take_more() -> None:
    taken = 0

    def slow() -> Iterator[str]:
        nonlocal taken
        for _ in range(12):
            taken += 1
            yield "A line of a text."
            time.sleep(0.1)

    many = cleancopy.clean_many(slow(), threads=2)
    next(many)
    assert taken <= 6
    assert len(list(many)) == 11


def test_many_are_not_asked_by_their_own_iterable() -> None:
    def asks() -> Iterator[str]:
        yield "One."
        try:
            next(many)
        except ValueError as error:
            yield str(error)

    many = cleancopy.clean_many(asks(), threads=1)
    assert [cleaned.body for cleaned in many] == ["One.", "clean_many is already executing"]


def test_many_in_a_cycle_are_garbage() -> None:
    class Endless:
        many: Any

        def __iter__(self) -> Endless:
            return self

        def __next__(self) -> str:
            return "A."

    def threads() -> int:
        names = (name.read_text() for name in Path("/proc/self/task").glob("*/comm"))
        return sum(name == "cleancopy\n" for name in names)

    gc.collect()
    before = threads()
    endless = Endless()
    endless.many = cleancopy.clean_many(endless)
    next(endless.many)
    gone = weakref.ref(endless)
    del endless
    gc.collect()
    assert gone() is None
    for _ in range(100):
        if threads() <= before:
            break
        time.sleep(0.05)
    assert threads() <= before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_many_do_not_go_on_in_a_fork() -> None:
    many = cleancopy.clean_many(["A."] * 500)
    next(many)
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            next(many)
        except RuntimeError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert len(list(many)) == 499


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_cleans_whatever_went_on_where_it_was_forked(documents: list[Record]) -> None:
    pages = [document["html"] for document in documents if document["html"]][:20]
    for wait in (0.002, 0.005, 0.01, 0.02, 0.03, 0.05):
        # A new one has everything still to compile.
        cleaner = cleancopy.Cleaner()
        busy = threading.Thread(target=lambda: [cleaner.clean_html(page) for page in pages])
        busy.start()
        time.sleep(wait)
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            bodies = [cleaner.clean_html(page).body for page in pages]
            os._exit(0 if any(bodies) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        busy.join()


def test_numbers_of_any_kind() -> None:
    for number in (numpy.float32(0.5), numpy.float64(0.5), Decimal("0.5"), 1, True):
        cuts = cleancopy.clean_text(TEXT, min_confidence=number).removals
        assert len(cuts) == (1 if number < 0.6 else 0), number
    assert cleancopy.clean_text(TEXT, max_doc_bytes=numpy.int64(10)).status == "over_limit"
    for keep in (["ad"], ("ad",), {"ad"}, iter(["ad"]), numpy.array(["ad"]), "ad"):
        assert cleancopy.clean_text(TEXT, keep=keep).removals == ()


@pytest.mark.parametrize("options", [
    {"min_confidence": object()}, {"min_confidence": [0.5]}, {"max_doc_bytes": 0.5}, {"max_doc_bytes": "1"},
    {"keep": 3}, {"keep": [["ad"]]}, {"keep": [3]}, {"rules": 3}, {"mode": 3}, {"mode": ["balanced"]},
])
def test_odd_options_are_type_errors(options: dict[str, Any]) -> None:
    for call in (lambda: cleancopy.Cleaner(**options), lambda: cleancopy.clean_text("A.", **options)):
        with pytest.raises(TypeError) as error:
            call()
        assert str(error.value)


@pytest.mark.parametrize("number", [-1, -(10**30), 10**30])
def test_numbers_out_of_range_are_value_errors(number: int) -> None:
    table = pa.table({"text": ["A."]})
    for call in (
        lambda: cleancopy.clean_many([], threads=number),
        lambda: cleancopy.clean_table(table, threads=number),
        lambda: cleancopy.clean_table(table, first=number),
        lambda: cleancopy.Cleaner(max_doc_bytes=number),
        lambda: cleancopy.Cleaner(min_confidence=number),
        lambda: cleancopy.Cleaner(min_confidence=number * 10**400),
    ):
        with pytest.raises(ValueError, match="from"):
            call()


def test_results_are_values(documents: list[Record]) -> None:
    cleaned = [cleancopy.clean_html(d["html"], d["url"]) for d in documents if d["html"] is not None][:60]
    again = [pickle.loads(pickle.dumps(one)) for one in cleaned]
    assert again == cleaned and [*map(hash, again)] == [*map(hash, cleaned)]
    assert cleancopy.clean_text(TEXT) == cleancopy.clean_text(TEXT) != cleancopy.clean_text(TEXT, "https://x.example/")
    assert cleancopy.clean_text(TEXT) != cleancopy.clean_text(TEXT, keep="ad")
    assert copy.copy(cleaned[0]) == copy.deepcopy(cleaned[0]) == cleaned[0]
    cuts = [cut for one in cleaned for cut in one.removals]
    assert len(cuts) > 50
    for cut in cuts:
        for other in (pickle.loads(pickle.dumps(cut)), copy.copy(cut), copy.deepcopy(cut)):
            assert other == cut and hash(other) == hash(cut) and other.to_dict() == cut.to_dict()
    assert len(set(cuts)) > 50 and cuts[0] != cuts[1]
    assert cleaned[0].removals is cleaned[0].removals


def clean_body(cleaner: cleancopy.Cleaner, text: str) -> cleancopy.Cleaned:
    return cleaner.clean_text(text)


def test_cleaner_and_result_travel(tmp_path: Path) -> None:
    rules = tmp_path / "m'ine.toml"
    rules.write_text(RULES)
    cleaner = cleancopy.Cleaner(rules=rules, keep=["ad"])
    assert repr(cleaner) == f"Cleaner(keep=['ad'], rules=[{str(rules)!r}])"
    text = "Get the paper in your pocket!\n" + TEXT
    here = cleaner.clean_text(text)
    assert [removal.rule for removal in here.removals] == ["promo.app"]
    # Files travel by what stands in them.
    rules.unlink()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(clean_body, cleaner, text).result()
    assert there.to_dict(text=True) == here.to_dict(text=True)
