"""Pages per second of `clean_table` and of trafilatura: the same pages, one thread each, in turn in one process.

    python python/benches/trafilatura_pairs.py pages.jsonl.zst [PAGES [ROUNDS]]

Trafilatura is run in two ways: as `extract` is by default, which gives the text alone, and with metadata, which
`clean_table` always gives.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

import cleancopy
import trafilatura
from pages import megabytes, read, seconds, shown


def main() -> None:
    path, most, rounds = (sys.argv[1:] + ["300", "5"][len(sys.argv) - 2 :])[:3]
    table = read(Path(path), most=int(most))
    pages = list(zip(table["html"].to_pylist(), table["url"].to_pylist(), strict=True))
    cleaner = cleancopy.Cleaner()
    ways = {
        "clean_table": lambda: cleaner.clean_table(table, threads=1),
        "trafilatura.extract": lambda: [trafilatura.extract(page, url=url) for page, url in pages],
        "the same, with_metadata": lambda: [
            trafilatura.extract(page, url=url, with_metadata=True, output_format="json") for page, url in pages
        ],
    }
    print(f"{len(pages)} pages of {megabytes(table) / len(pages) * 1000:.0f} kB; trafilatura {trafilatura.__version__}")
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    cleaner.clean_table(table.slice(0, 20), threads=1)
    for _ in range(int(rounds)):
        for name, work in ways.items():
            cpu = process_time()
            wall = seconds(work)
            took[name].append((wall, process_time() - cpu))
    # Where the machine does other things, too, processor time is what tells.
    for at, what in enumerate(("wall", "processor")):
        ours = [time[at] for time in took["clean_table"]]
        for name, pairs in took.items():
            times = [time[at] for time in pairs]
            print(f"{what}: {name}: {shown([len(pages) / time for time in times])} pages/s")
            if name != "clean_table":
                ratios = [other / mine for other, mine in zip(times, ours, strict=True)]
                print(f"    clean_table is {shown(ratios)} times as fast")


if __name__ == "__main__":
    main()
