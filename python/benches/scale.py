"""What a large run is made of: the speed of batches, the costs of starting, and what the engines add.

    python python/benches/scale.py pages.jsonl.zst [PAGES [PART,..]]

The parts are starting, crawl, batches, reading, spark and ray; all of them by default. The engines get pages of 100 kB, as
in the crawl that is reckoned with. Reading is given in processor time.
"""

from __future__ import annotations

import gzip
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

import cleancopy
import pyarrow as pa
import pyarrow.parquet as pq
from pages import OF_CRAWL, megabytes, read, seconds, shown


def used(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor time of this process."""
    cpu = process_time()
    return seconds(work), process_time() - cpu


def batches(table: pa.Table) -> None:
    cleaner = cleancopy.Cleaner()
    size = megabytes(table)
    print(f"{table.num_rows} pages, {size:.0f} MB, {1000 * size / table.num_rows:.0f} kB each")
    for rows in (1, 10, 100, 1000):
        parts = [table.slice(at, rows) for at in range(0, table.num_rows, rows)]
        times = [used(lambda: [cleaner.clean_table(part, threads=1) for part in parts]) for _ in range(3)]
        # Where the machine does other things, too, the processor time is what tells.
        for what, each in (("wall", [wall for wall, _ in times]), ("processor", [cpu for _, cpu in times])):
            speed, rate = [table.num_rows / time for time in each], [size / time for time in each]
            print(f"one thread, batches of {rows}, by {what} time: {shown(speed)} pages/s, {shown(rate)} MB/s")
    body = sum(map(len, cleaner.clean_table(table)["body"].to_pylist())) / 1e6
    print(f"bodies: {body:.1f} million characters, {100 * body / size:.1f} % of the pages")


def crawl(path: Path) -> None:
    table = read(path, mean=OF_CRAWL)
    cleaner, count, size = cleancopy.Cleaner(), table.num_rows, megabytes(table)
    times = [used(lambda: cleaner.clean_table(table, threads=1))[1] for _ in range(5)]
    print(f"{count} pages of {1000 * size / count:.0f} kB, one thread, by processor time: "
          f"{shown([count / time for time in times])} pages/s, {shown([size / time for time in times])} MB/s")


WARMING = """
import sys
from time import process_time

import cleancopy
import pyarrow as pa

table = pa.ipc.open_file(sys.argv[1]).read_all()
cleaner = cleancopy.Cleaner()
for _ in range(2):
    start = process_time()
    cleaner.clean_table(table, threads=1)
    print(process_time() - start)
"""


def starting(path: Path, folder: Path) -> None:
    def process(code: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))

    for what, code in [("python", ""), ("import cleancopy", "import cleancopy"),
                       ("and pyarrow", "import cleancopy, pyarrow"),
                       ("and a cleaner", "import cleancopy, pyarrow; cleancopy.Cleaner()")]:
        print(f"start of a process, {what}: {shown([process(code) for _ in range(7)])} s")
    print(f"Cleaner(): {shown([seconds(cleancopy.Cleaner) for _ in range(7)])} s")
    pickled = pickle.dumps(cleancopy.Cleaner())
    pickle.loads(pickled)
    again = [seconds(lambda: pickle.loads(pickled)) for _ in range(7)]
    print(f"a cleaner that is unpickled again: {shown(again)} s, {len(pickled)} bytes")
    empty = pa.table({"html": pa.array([], pa.string())})
    cleaner = cleancopy.Cleaner()
    print(f"clean_table without rows: {shown([seconds(lambda: cleaner.clean_table(empty)) for _ in range(50)])} s")
    pages = read(path, most=200, mean=OF_CRAWL)
    with pa.ipc.new_file(folder / "pages.arrow", pages.schema) as file:
        file.write_table(pages)
    more = []
    for _ in range(5):
        command = [sys.executable, "-c", WARMING, folder / "pages.arrow"]
        first, again = map(float, subprocess.run(command, check=True, capture_output=True).stdout.split())
        more.append(first - again)
    print(f"what the first {pages.num_rows} pages cost more than the same once more: {shown(more)} s of processor time")


def reading(table: pa.Table, folder: Path) -> None:
    size = megabytes(table)
    for name in ("zstd", "snappy"):
        path = folder / f"{name}.parquet"
        pq.write_table(table, path, compression=name)
        times = [used(lambda: pq.read_table(path, use_threads=False))[1] for _ in range(3)]
        share = 100 * path.stat().st_size / 1e6 / size
        print(f"reading Parquet ({name}, {share:.0f} % of the size): {shown([size / time for time in times])} MB/s of pages")
    packed = [gzip.compress(page.as_buffer()) for page in table["html"]]
    times = [used(lambda: [gzip.decompress(page) for page in packed])[1] for _ in range(3)]
    share = 100 * sum(map(len, packed)) / 1e6 / size
    print(f"undoing gzip, page by page ({share:.0f} % of the size): {shown([size / time for time in times])} MB/s of pages")


def spark(table: pa.Table, folder: Path) -> None:
    from pyspark.sql import SparkSession

    import cleancopy.spark

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    path = folder / "spark"
    path.mkdir()
    for part, at in enumerate(range(0, table.num_rows, 500)):
        pq.write_table(table.slice(at, 500), path / f"{part}.parquet", compression="zstd")
    frame = session.read.parquet(str(path))

    def drained(frame):
        return lambda: frame.write.format("noop").mode("overwrite").save()

    cleaned = drained(cleancopy.spark.clean(frame))
    passed = drained(frame.mapInArrow(lambda batches: batches, frame.schema))
    cleaned()
    size = megabytes(table)
    times = [(seconds(cleaned), seconds(passed)) for _ in range(3)]
    print(f"Spark, one core: {shown([table.num_rows / time for time, _ in times])} pages/s, "
          f"{shown([size / time for time, _ in times])} MB/s; "
          f"reading and passing through Python alone {shown([100 * less / time for time, less in times])} % of that time")
    fixed = []
    for _ in range(3):
        some = session.createDataFrame([("Well.",)] * 200, "text string")
        few, many = (drained(cleancopy.spark.clean(some.repartition(parts).cache())) for parts in (1, 101))
        few(), many()
        fixed.append((seconds(many) - seconds(few)) / 100)
    print(f"Spark: a partition more: {shown(fixed)} s")
    session.stop()


def ray(table: pa.Table) -> None:
    import ray

    import cleancopy.ray

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=2 << 30)
    ray.data.DataContext.get_current().enable_progress_bars = False
    size = megabytes(table)
    blocks = ray.data.from_arrow([table.slice(at, 500) for at in range(0, table.num_rows, 500)]).materialize()

    def drained(dataset):
        return lambda: [None for _ in dataset.iter_internal_ref_bundles()]

    drained(cleancopy.ray.clean(blocks))()
    times = [seconds(drained(cleancopy.ray.clean(blocks))) for _ in range(3)]
    print(f"Ray, one core: {shown([table.num_rows / time for time in times])} pages/s, "
          f"{shown([size / time for time in times])} MB/s")
    fixed = []
    for _ in range(3):
        few, many = (ray.data.from_arrow([pa.table({"text": ["Well."]})] * parts).materialize() for parts in (1, 101))
        many_took, few_took = seconds(drained(cleancopy.ray.clean(many))), seconds(drained(cleancopy.ray.clean(few)))
        fixed.append((many_took - few_took) / 100)
    print(f"Ray: a block more: {shown(fixed)} s")
    ray.shutdown()


def main() -> None:
    path, least, parts = (sys.argv[1:] + ["3000", "starting,crawl,batches,reading,spark,ray"][len(sys.argv) - 2 :])[:3]
    table = read(Path(path), most=int(least), least=int(least))
    begun = perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = {
            "starting": lambda: starting(Path(path), folder),
            "crawl": lambda: crawl(Path(path)),
            "batches": lambda: batches(table),
            "reading": lambda: reading(table, folder),
            "spark": lambda: spark(read(Path(path), mean=OF_CRAWL), folder),
            "ray": lambda: ray(read(Path(path), mean=OF_CRAWL)),
        }
        for part in parts.split(","):
            work[part]()
    print(f"all of it took {perf_counter() - begun:.0f} s; medians, and least and most, of the runs")


if __name__ == "__main__":
    main()
