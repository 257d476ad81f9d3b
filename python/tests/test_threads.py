"""The interpreter's lock, threads and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cleancopy
import pyarrow as pa
import pytest
from conftest import Record


@pytest.fixture(scope="module")
def pages(documents: list[Record]) -> list[str]:
    pages = [document["html"] for document in documents if document["html"] is not None]
    return (pages * 20)[: max(1000, len(pages))]


def test_others_run_while_it_cleans(pages: list[str]) -> None:
    table = pa.table({"html": pages})
    turns, cleaning = 0, True

    def turn() -> None:
        nonlocal turns
        while cleaning:
            turns += 1
            time.sleep(0.001)

    cleaner = cleancopy.Cleaner()
    # Shorter than the cap above which nothing is cleaned.
    page = "\n".join(pages)[: 10 << 20]
    assert cleaner.clean_html(page).status in ("ok", "not_article")
    for clean in (
        lambda: cleaner.clean_table(table, threads=1),
        lambda: cleaner.clean_html(page),
        lambda: cleaner.clean_text("A line of text, it says here, and then some more.\n" * 30_000),
    ):
        turns, cleaning = 0, True
        other = threading.Thread(target=turn)
        other.start()
        start = time.perf_counter()
        clean()
        took = time.perf_counter() - start
        cleaning = False
        other.join()
        # It would be none, or one in the time that Python lets a thread keep the lock (5 ms), if the lock were held.
        assert turns > took / 0.02, f"{turns} turns in {took:.2f} s"


def test_four_threads_at_once(pages: list[str]) -> None:
    cleaner = cleancopy.Cleaner()
    table = pa.table({"html": pages})
    cores = min(4, os.cpu_count() or 1)
    jobs: list[Callable[[], object]] = [
        lambda: cleaner.clean_table(table, threads=1)["body"].to_pylist(),
        lambda: [cleaner.clean_html(page).body for page in pages],
        lambda: [cleaned.body for cleaned in cleaner.clean_many(pages, html=True, threads=1)],
        lambda: [cleancopy.clean_html(page.encode()).body for page in pages],
    ]
    alone = [job() for job in jobs]
    assert alone[0] == alone[1] == alone[2]

    def timed(work: Callable[[], list[object]]) -> tuple[list[object], float, float]:
        wall, cpu = time.perf_counter(), time.process_time()
        return work(), time.perf_counter() - wall, time.process_time() - cpu

    rounds = []
    with ThreadPoolExecutor(4) as pool:
        for _ in range(6):
            one_by_one, wall, cpu = timed(lambda: [job() for job in jobs])
            at_once, wall_at_once, cpu_at_once = timed(lambda: list(pool.map(lambda job: job(), jobs)))
            assert one_by_one == at_once == alone
            # What the machine has to give at the moment, by threads that know nothing of Python.
            _, wall_one, _ = timed(lambda: [cleaner.clean_table(table, threads=1)])
            _, wall_cores, _ = timed(lambda: [cleaner.clean_table(table, threads=cores)])
            share, possible = wall_at_once / wall, wall_cores / wall_one
            rounds.append((share, possible, cpu_at_once / cpu))
            # They must neither wait for each other nor spend time on being four. The machine may be busy with other
            # things, so one good round of some will do.
            if share < 1.25 * possible + 0.05 and cpu_at_once < 1.35 * cpu:
                return
    pytest.fail(f"four at once against one by one, what the machine could do, and processor time: {rounds}")


def test_many_is_shared_by_threads(pages: list[str]) -> None:
    wanted = sorted(cleaned.body for cleaned in cleancopy.clean_many(pages, html=True))
    many = cleancopy.clean_many(iter(pages), html=True)
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda _: [cleaned.body for cleaned in many], range(4)))
    assert sorted(body for share in shares for body in share) == wanted


ENDLESS = {
    "clean_table": """
def batches():
    print("begun", flush=True)
    while True:
        yield from table.to_batches()
cleancopy.clean_table(pa.RecordBatchReader.from_batches(table.schema, batches()))
""",
    "one large batch": """
print("begun", flush=True)
cleancopy.clean_table(pa.concat_tables([table] * 20_000).combine_chunks(), threads=1)
""",
    "a reader that waits": """
import time
def batches():
    yield from table.to_batches()
    print("begun", flush=True)
    time.sleep(1000)
cleancopy.clean_table(pa.RecordBatchReader.from_batches(table.schema, batches()))
""",
    "another thread that is at it": """
import threading, time
def documents():
    print("begun", flush=True)
    time.sleep(1000)
    yield
many = cleancopy.clean_many(documents())
threading.Thread(target=lambda: next(many), daemon=True).start()
time.sleep(0.2)
next(many)
""",
    "clean_many": """
import itertools
print("begun", flush=True)
for cleaned in cleancopy.clean_many(itertools.repeat("A line of text.")):
    pass
""",
}


@pytest.mark.parametrize("code", ENDLESS.values(), ids=ENDLESS.keys())
def test_ctrl_c(code: str) -> None:
    code = 'import cleancopy, pyarrow as pa\ntable = pa.table({"text": ["A line of text.\\n" * 20] * 100})\n' + code
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in said, said
    assert process.returncode != 0
