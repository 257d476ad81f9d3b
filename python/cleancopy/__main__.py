"""`python -m cleancopy`: the command line of cleancopy."""

from __future__ import annotations

import signal
import sys

from ._native import run_command


def main() -> int:
    """Do what the arguments say, and return the exit status."""
    # Python only notes Ctrl-C and raises an exception when it is its turn again, which would be at the end. The
    # command has its own way to deal with it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(["cleancopy", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
