"""The stubs: they say what there is, and the package keeps to them."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import get_args

import cleancopy
import pytest
from cleancopy import _options
from cleancopy._engine import split
from conftest import ROOT

PYTHON = ROOT / "python"


def run_module(*args: str, cwd: Path) -> None:
    done = subprocess.run([sys.executable, "-m", *args], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_stubs_say_what_there_is(tmp_path: Path) -> None:
    # Whether pyarrow says its types is not the matter here.
    (tmp_path / "mypy.ini").write_text("[mypy]\nignore_missing_imports = true\n")
    run_module("mypy.stubtest", "cleancopy._native", "--concise", "--mypy-config-file", "mypy.ini", cwd=tmp_path)


def test_the_package_is_typed(tmp_path: Path) -> None:
    run_module("mypy", "--strict", "--ignore-missing-imports", "-p", "cleancopy", cwd=tmp_path)


def test_users_are_told_types(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text('''\
import cleancopy
import pyarrow
cleaned: cleancopy.Cleaned = cleancopy.clean_text("x", mode="precise")
title: str | None = cleaned.title
places: list[tuple[int, int]] = [(removal.start_char, removal.end_char) for removal in cleaned.removals]
if cleaned.status == "ok":
    body: str = cleaned.body
cleancopy.clean_table(cleaned, html="page", id="key", first=7, threads=2)
many: list[cleancopy.Cleaned] = list(cleancopy.Cleaner(keep=["ad"]).clean_many(["x", b"<p>y"]))
table: pyarrow.Table = cleancopy.clean_table(pyarrow.table({"text": ["x"]}))
''')
    run_module("mypy", "--strict", "--ignore-missing-imports", "user.py", cwd=tmp_path)
    for wrong in ('Cleaner(mode="bold")', 'clean_text("x", mode="bold")', 'clean_html(3)', 'clean_table(3, colour="red")'):
        (tmp_path / "wrong.py").write_text(f"import cleancopy\ncleancopy.{wrong}\n")
        with pytest.raises(AssertionError, match="error:"):
            run_module("mypy", "--strict", "--ignore-missing-imports", "wrong.py", cwd=tmp_path)


def test_options_are_the_same_wherever_they_are_written() -> None:
    def keywords(function: object) -> set[str]:
        return set(inspect.signature(function).parameters) - {"self", "table"}  # type: ignore[arg-type]

    of_cleaner, of_table = keywords(cleancopy.Cleaner), keywords(cleancopy.Cleaner.clean_table)
    assert set(_options.CleanerOptions.__annotations__) == of_cleaner
    assert set(_options.OneTableOptions.__annotations__) == of_cleaner | of_table - {"text", "html"}
    assert set(cleancopy._TABLE) == of_table - {"text", "html"}
    for option in of_cleaner:
        assert f" {option}: " in inspect.getdoc(cleancopy.Cleaner), option  # type: ignore[operator]
    for option in of_table:
        said = inspect.getdoc(cleancopy.clean_table) or ""
        assert f"`{option}`" in said or re.search(rf"^ *{option}: ", said, re.MULTILINE), option


def test_engines_give_a_task_one_thread_by_default() -> None:
    for options, threads in [({}, 1), ({"threads": None}, 1), ({"threads": 3}, 3)]:
        assert split(None, None, options, "part")[1] == {"threads": threads}


def test_modes_and_kinds_of_the_stubs_are_those_that_there_are() -> None:
    for mode in get_args(_options.Mode):
        cleancopy.Cleaner(mode=mode)
        assert f"`{mode}`" in inspect.getdoc(cleancopy.Cleaner)  # type: ignore[operator]
    stub = (PYTHON / "cleancopy/_native.pyi").read_text(encoding="utf-8")
    for name, values in [("_Kind", cleancopy.KINDS), ("_Status", cleancopy.STATUSES), ("_Mode", get_args(_options.Mode))]:
        (said,) = re.findall(rf"^{name}: TypeAlias = Literal\[(.*?)\]", stub, re.DOTALL | re.MULTILINE)
        assert re.findall(r'"(\w+)"', said) == list(values), name


def test_what_is_installed() -> None:
    distribution = metadata.distribution("cleancopy")
    if json.loads(distribution.read_text("direct_url.json") or "{}").get("dir_info", {}).get("editable"):
        pytest.skip("it is installed as it stands in the checkout")
    files = {str(file) for file in distribution.files or ()}
    assert files > {f"cleancopy/{name}" for name in ("__init__.py", "_native.abi3.so", "_native.pyi", "py.typed")}
    assert not [file for file in files if "tests" in file or "benches" in file]
    names = {Path(file).name for file in files if ".dist-info/" in file}
    assert names > {"LICENSE-APACHE", "LICENSE-MIT", "NOTICE"}
    # One wheel for every Python from 3.10 on.
    assert re.search("^Tag: cp310-abi3-", distribution.read_text("WHEEL") or "", re.MULTILINE)
    assert distribution.metadata["Requires-Python"] == ">=3.10"


def test_everything_has_a_docstring() -> None:
    for name in cleancopy.__all__:
        thing = getattr(cleancopy, name)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        assert inspect.getdoc(thing), name
        members = vars(thing).items() if inspect.isclass(thing) else ()
        for member, value in members:
            if not member.startswith("_"):
                assert inspect.getdoc(value), f"{name}.{member}"
