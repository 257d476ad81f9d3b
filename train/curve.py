"""The picture `docs/curve.svg`: body words lost against junk lines left, cross-validated.

    python train/curve.py --binary target/release/cleancopy --data DATA --work WORK

needs the folder of work as `train.py` left it. Each point of a line is a least confidence; the three modes
are marked.
"""

import argparse
import json
import subprocess
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

from cross import MODES, SETS, clean, split
from train import FOLDS

LEAST = [0.4, 0.45, 0.5, 0.55, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
TITLES = {"dumps-dev": "788 English dumps", "dumps-ml-unseen": "100 dumps in ten languages, by a model that saw none"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--binary", "--data", "--work"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent.parent / "docs/curve.svg")
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    # The same bytes whenever it is drawn.
    plt.rcParams.update({"svg.hashsalt": "cleancopy", "font.size": 10, "svg.fonttype": "none"})
    figure, axes = plt.subplots(figsize=(7, 4.2))
    for (title, label), colour, mark in zip(TITLES.items(), ("#1f5fa8", "#b4441c"), "os"):
        name = SETS[title][0]
        source = next(args.data.glob(f"{name}.jsonl.*"))
        models = [args.work / f"fold{fold}.model" for fold in range(FOLDS)]
        if title.endswith("unseen"):
            models = [args.work / "unseen.model"] * FOLDS

        def point(options):
            cleaned = args.work / "curve.jsonl"
            clean(args, split(source, name, args.work), models, cleaned, options)
            command = [args.binary, "eval", "--truth", args.data / f"{name}.truth.jsonl.gz", "--pred", cleaned]
            command += ["--dump", source, "--bootstrap", "0", "--json"]
            scores = json.loads(subprocess.check_output(command, stderr=subprocess.DEVNULL))
            return 100 * scores["body_loss"], 100 * scores["junk_left"]

        points = [point(["--mode", "thorough", "--min-confidence", str(least)]) for least in LEAST]
        axes.plot(*zip(*points), color=colour, linewidth=1.5, label=label)
        for mode in MODES:
            lost, left = point(["--mode", mode])
            axes.plot(lost, left, mark, color=colour)
            axes.annotate(mode, (lost, left), textcoords="offset points", xytext=(8, 5), color=colour)
    axes.set_xlabel("body words lost, %")
    axes.set_ylabel("junk lines left, %")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(args.output, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
