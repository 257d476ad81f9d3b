"""Every snippet of the pages is run, page by page, as a reader would run it from top to bottom."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from conftest import ROOT, Record

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# What must be so behind the snippets of each page, said in Python.
PAGES = {
    "README.md": "assert cleaned.status == 'ok' and table.num_rows == len(cleaned_table)",
    "python/README.md": "assert [r.text for r in cleaned.removals] == ['Advertisement']",
    "docs/python/spark.md": "assert spark.read.parquet('clean').count() == COUNT",
    "docs/python/ray.md": "assert ray.data.read_parquet('clean').count() == COUNT",
    "docs/python/polars.md": "assert len(clean) == COUNT and pl.read_parquet('clean.parquet').height == COUNT",
    "docs/python/datasets.md": "assert len(clean) == COUNT and clean[0]['body']",
    "docs/python/datatrove.md": "assert written == COUNT - 1",
}


@pytest.fixture(scope="module")
def inputs(documents: list[Record], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The files that the snippets read."""
    folder = tmp_path_factory.mktemp("recipes")
    pages = [d for d in documents if d["id"].startswith("page ")][:40] + [d for d in documents if d["id"] == "null"]
    table = pa.table({name: [page[name] for page in pages] for name in ("id", "url", "title", "html", "label")})
    pyarrow.parquet.write_table(table, folder / "pages.parquet")
    (folder / "pages").mkdir()
    for part in range(2):
        pyarrow.parquet.write_table(table.slice(part * 21, 21), folder / f"pages/{part}.parquet")
    with (folder / "pages.jsonl").open("w", encoding="utf-8") as lines:
        for page in pages:
            lines.write(json.dumps({"id": page["id"], "text": page["html"] or "", "url": page["url"]}) + "\n")
    return folder, len(pages)


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str, inputs: tuple[Path, int], tmp_path: Path) -> None:
    folder, count = inputs
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    snippets = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert snippets, "a page without snippets"
    script = tmp_path / "page.py"
    script.write_text("\n".join(snippets) + f"\nCOUNT = {count}\n{PAGES[page]}\nprint('well')\n", encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("well\n"), done.stdout


def test_every_page_is_run() -> None:
    pages = {str(page.relative_to(ROOT)) for page in (ROOT / "docs/python").glob("*.md")}
    with_snippets = {page for page in pages if BLOCK.search((ROOT / page).read_text(encoding="utf-8"))}
    assert with_snippets == {page for page in PAGES if page.startswith("docs/")}
