"""What the way through Python costs: the command line against `clean_table`, in turn, each a process of its own.

    python python/benches/overhead.py target/release/cleancopy pages.jsonl.zst [PAGES [PAIRS]]

Both read one Parquet file of pages of 100 kB on average, clean it on one thread, and write a Parquet file compressed by
zstd; the Python side takes batches of 1,000 pages. What that costs beside the cleaning is reading and writing by pyarrow,
and the memory for whole batches, which is the system's time and not the process's own ("user"). Start-up is measured on a
file without rows, and subtracted for the figures of the batches.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import pyarrow.parquet as pq
from pages import OF_CRAWL, megabytes, read, shown

BATCHES = """
import sys
from time import process_time

import cleancopy
import pyarrow.parquet as pq

cleaner = cleancopy.Cleaner()
file = pq.ParquetFile(sys.argv[1], pre_buffer=False)
empty = cleaner.clean_table(file.schema_arrow.empty_table())
with pq.ParquetWriter(sys.argv[2], empty.schema, compression="zstd") as writer:
    cleaning = 0
    for batch in file.iter_batches(batch_size=1000, use_threads=False):
        cleaning -= process_time()
        table = cleaner.clean_table(batch, threads=1)
        cleaning += process_time()
        writer.write_table(table)
print(cleaning)
"""


def run(command: list[str]) -> tuple[float, float, float, float]:
    """Wall time of a process, its processor time, the part of that which is its own and not the system's, and what it says
    itself that was spent in `clean_table`."""
    start = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, command
    return perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_utime, float(said or 0)


def main() -> None:
    binary, path, least, pairs = (sys.argv[1:] + ["3000", "5"][len(sys.argv) - 3 :])[:4]
    table = read(Path(path), least=int(least), mean=OF_CRAWL)
    with tempfile.TemporaryDirectory() as folder:
        full, none, out = (f"{folder}/{name}.parquet" for name in ("full", "none", "out"))
        pq.write_table(table, full, row_group_size=1000, compression="zstd")
        pq.write_table(table.slice(0, 0), none)
        native = [binary, "clean", "-q", "--threads", "1", "-o", out]
        python = [sys.executable, "-c", BATCHES]
        commands = {
            "command line": [*native, full],
            "clean_table": [*python, full, out],
            "command line, no rows": [*native, none],
            "clean_table, no rows": [*python, none, out],
        }
        took: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in commands}
        for command in commands.values():
            run(command)
        for _ in range(int(pairs)):
            for name, command in commands.items():
                took[name].append(run(command))
    print(f"{table.num_rows} pages, {megabytes(table):.0f} MB")
    alone = [time[3] for time in took["clean_table"]]
    print(f"processor: the calls of clean_table alone: {shown(alone)} s")
    shares = [100 * ours / native[1] for ours, native in zip(alone, took["command line"], strict=True)]
    print(f"processor: these against the whole command line, which reads and writes, too: {shown(shares)} %")
    for at, what in enumerate(("wall", "processor", "user")):
        times = {name: [time[at] for time in times] for name, times in took.items()}
        for name, values in times.items():
            print(f"{what}: {name}: {shown(values)} s")
        start = {name: statistics.median(times[f"{name}, no rows"]) for name in ("command line", "clean_table")}
        pairs_of = list(zip(times["clean_table"], times["command line"], strict=True))
        whole = [100 * (ours / native - 1) for ours, native in pairs_of]
        rows = [100 * ((ours - start["clean_table"]) / (native - start["command line"]) - 1) for ours, native in pairs_of]
        print(f"{what}: overhead with start-up {shown(whole)} %, of the batches alone {shown(rows)} %")


if __name__ == "__main__":
    main()
