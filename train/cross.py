"""Cross-validated figures: every document is cleaned by the binary with a model that has not seen its site.

    python train/cross.py --binary target/release/cleancopy --data DATA --work WORK

prints the figures of `cleancopy eval` and writes them, one JSON file a set and mode, to the folder of work.
dumps-ml is scored twice: as the others, and by a model that has seen none of it (dumps-ml-unseen).
"""

import argparse
import gzip
import json
import subprocess
from pathlib import Path

import data
from train import FOLDS, fold_of

SETS = {
    "pages-dev/article": ("pages-dev", ["--type", "article", "--title"]),
    "pages-dev": ("pages-dev", ["--by", "type"]),
    "segments-dev": ("segments-dev", []),
    "dumps-dev": ("dumps-dev", []),
    "dumps-ml": ("dumps-ml", ["--by", "lang"]),
    "dumps-ml-unseen": ("dumps-ml", ["--by", "lang"]),
}
MODES = ["precise", "balanced", "thorough"]


def lines_of(path):
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from lines
    else:
        # No decoder of zstd is in the standard library of Python 3.11.
        run = subprocess.Popen(["zstd", "-dc", path], stdout=subprocess.PIPE, encoding="utf-8")
        yield from run.stdout
        if run.wait():
            raise SystemExit(f"{path}: zstd failed")


def split(source, name, work):
    """The documents of each fold in a file of their own."""
    paths = [work / f"{name}.{fold}.jsonl" for fold in range(FOLDS)]
    if not all(path.exists() and path.stat().st_mtime > source.stat().st_mtime for path in paths):
        files = [path.open("w", encoding="utf-8") for path in paths]
        for line in lines_of(source):
            record = json.loads(line)
            files[fold_of(data.site(record.get("url"), record["id"]))].write(line)
        for file in files:
            file.close()
    return paths


def clean(args, paths, models, cleaned, options):
    with cleaned.open("wb") as out:
        for path, model in zip(paths, models):
            part = cleaned.with_suffix(".part.jsonl")
            command = [args.binary, "clean", "--quiet", path, "-o", part, "--model", model, *options]
            subprocess.run(command, check=True)
            out.write(part.read_bytes())
            part.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--modes", nargs="+", default=MODES)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    for mode in args.modes:
        cleaned = {}
        for title in args.sets:
            name, options = SETS[title]
            source = next(args.data.glob(f"{name}.jsonl.*"))
            key = (name, title.endswith("unseen"))
            if key not in cleaned:
                paths = split(source, name, args.work)
                models = [args.work / f"fold{fold}.model" for fold in range(FOLDS)]
                if key[1]:
                    models = [args.work / "unseen.model"] * FOLDS
                cleaned[key] = args.work / f"{name}{'-unseen' * key[1]}.{mode}.jsonl"
                clean(args, paths, models, cleaned[key], ["--mode", mode])
            command = [args.binary, "eval", "--truth", args.data / f"{name}.truth.jsonl.gz", "--pred", cleaned[key]]
            command += options + (["--dump", source] if name.startswith("dumps") else [])
            scores = json.loads(subprocess.check_output([*command, "--json"], stderr=subprocess.DEVNULL))
            (args.work / f"{title.replace('/', '-')}.{mode}.json").write_text(json.dumps(scores))
            print(f"{mode:9} {title}: {summary(scores)}", flush=True)


def summary(scores):
    names = ["token_f1", "shingle_f1", "shingle_p", "shingle_r", "snippet_f1", "body_loss", "junk_left", "ece"]
    figures = [f"{name} {scores[name]:.4f}" for name in names if isinstance(scores.get(name), float)]
    for kind in ("ad", "caption", "source", "bio"):
        of = (scores.get("kinds") or {}).get(kind)
        if of:
            figures.append(f"{kind} {of['recall']:.3f}/{of['named']:.3f}/{of['precision'] or 0:.3f}")
    return "  ".join(figures)


if __name__ == "__main__":
    main()
