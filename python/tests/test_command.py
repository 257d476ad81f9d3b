"""`python -m cleancopy` and the script of the package: the same command line as the native one."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import cleancopy
from conftest import ROOT, command

MODULE = [sys.executable, "-m", "cleancopy"]
SCRIPT = [str(Path(sysconfig.get_path("scripts")) / "cleancopy")]


def run(program: list[str], *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*program, *args], input=stdin, capture_output=True, cwd=ROOT)


def test_it_is_the_same_command() -> None:
    inputs = ["corpus/raw", "corpus/pages"]
    for args in (
        ["--version"],
        ["--help"],
        ["clean", *inputs, "-q", "--emit-text", "-o", "-"],
        ["explain", "corpus/pages/news-wire/page.html", "--json"],
        ["rules", "--list"],
        ["completions", "bash"],
        ["clean", "not/there"],
        ["clean", "--colour", "red"],
        [],
    ):
        native, module, script = (run(program, *args) for program in (command(), MODULE, SCRIPT))
        for packaged in (module, script):
            assert packaged.returncode == native.returncode, args
            assert packaged.stdout == native.stdout, args
            assert packaged.stderr == native.stderr, args
    assert run(MODULE, "--version").stdout.decode().split() == ["cleancopy", cleancopy.__version__]


def test_exit_statuses() -> None:
    assert run(MODULE, "clean", "-", "--from", "jsonl", stdin=b'{"text": "Well."}\n').returncode == 0
    bad = run(MODULE, "clean", "-", "--from", "jsonl", "-q", "-o", "-", stdin=b'{"text": "Well."}\n{"text": null}\n')
    assert bad.returncode == 1
    assert [json.loads(line)["status"] for line in bad.stdout.splitlines()] == ["unchanged", "error"]
    assert run(MODULE, "clean", "not/there").returncode == 2


def test_ctrl_c_leaves_what_can_be_resumed(tmp_path: Path) -> None:
    dump, out, whole = tmp_path / "dump.jsonl", tmp_path / "out" / "clean.jsonl", tmp_path / "whole.jsonl"
    out.parent.mkdir()
    text = "The airport at Nyby has hired a heron, they say.\nAdvertisement\n" * 20
    dump.write_text("".join(json.dumps({"id": str(n), "text": text}) + "\n" for n in range(40_000)))
    command = [*MODULE, "clean", str(dump), "--progress", "never", "--threads", "1", "-o"]
    process = subprocess.Popen([*command, str(out)], stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not any(file.stat().st_size > 0 for file in out.parent.iterdir()) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130, said
    assert said.startswith(b"cleancopy: interrupted after ") and b"--resume goes on" in said, said
    assert not out.exists()
    left = [file for file in out.parent.iterdir() if file.stat().st_size > 0]
    assert left
    assert subprocess.run([*command, str(out), "--resume", "-q"]).returncode == 0
    assert subprocess.run([*command, str(whole), "-q"]).returncode == 0
    assert out.read_bytes() == whole.read_bytes()


def test_a_closed_pipe_is_no_error() -> None:
    process = subprocess.Popen([*MODULE, "rules", "--list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(timeout=20) == 0
