"""Pages to measure with: records of JSON, one a line, with `html` and perhaps `id` and `url`."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pyarrow as pa


# The mean length, in bytes, of the pages of the crawl that is reckoned with.
OF_CRAWL = 100_000


def read(path: Path, most: int | None = None, least: int | None = None, mean: int | None = None) -> pa.Table:
    """The pages of a file, also .gz, .zst or .bz2: of these the shorter ones that have `mean` bytes on average, every n-th
    where there are more than `most`, over and over until there are `least`."""
    records = [json.loads(line) for line in pa.input_stream(str(path), compression="detect").read().splitlines()]
    if mean is not None:
        lengths = [len(record["html"].encode()) for record in records]
        total, longest = 0, 0
        for count, length in enumerate(sorted(lengths), 1):
            total += length
            if total > mean * count:
                break
            longest = length
        records = [record for record, length in zip(records, lengths, strict=True) if length <= longest]
    if most is not None:
        records = records[:: max(1, len(records) // most)][:most]
    if least is not None:
        records = (records * -(-least // len(records)))[:least]
    return pa.table({
        "id": pa.array([str(number) for number in range(len(records))]),
        "url": pa.array([record.get("url") for record in records], pa.string()),
        "html": pa.array([record["html"] for record in records], pa.large_string()),
    })


def megabytes(table: pa.Table) -> float:
    """How long the pages are, in millions of bytes."""
    return sum(len(page.as_buffer()) for page in table["html"]) / 1e6


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    start = perf_counter()
    work()
    return perf_counter() - start


def shown(values: list[float]) -> str:
    """Median, least and most."""
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"
