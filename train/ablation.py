"""What each part of the model is worth, on sites that it has not seen.

    python train/ablation.py --binary target/release/cleancopy --data DATA --work WORK

needs the folder of work as `train.py` left it, and prints a table for `train/MODEL.md`. The figures are of
segments, before guards and inline cuts: of a text, the body words lost where a quarter of the junk lines is
left; of pages of the type article, the mean F1 of words at the best threshold, and the body words lost there.
"""

import argparse
from pathlib import Path

import numpy as np

import labels
import trees
from train import DUMPS, FOLDS, PAGES, Trainer

NEIGHBOURS = tuple(f"{offset:+}" for offset in (-3, -2, -1, 1, 2, 3))


def text_figures(trainer, scores):
    body, junk = trainer.label == labels.BODY, trainer.label == labels.JUNK
    cut = scores > np.sort(scores[junk])[junk.sum() // 4]
    lost = (trainer.words * (body & cut)).sum() / (trainer.words * body).sum()
    return f"body words lost at junk left .25: {lost:.4f}"


def page_figures(trainer, scores):
    body = trainer.label == labels.BODY
    words = trainer.words * (trainer.label != labels.UNKNOWN)
    count = len(trainer.types)
    articles = np.array([kind == "article" for kind in trainer.types])
    of_document = lambda words: np.bincount(trainer.document, words, count)
    whole = of_document(words * body) + trainer.settled_body
    best = (0, 0)
    for least in np.arange(-1, 1.51, 0.25) * trees.ONE:
        kept = scores <= least
        hit = of_document(words * (kept & body))
        f1 = 2 * hit / np.maximum(1, of_document(words * kept) + whole)
        best = max(best, (f1[articles].mean(), 1 - hit[articles].sum() / whole[articles].sum()))
    return f"token F1 of articles {best[0]:.4f}, body words lost {best[1]:.4f}"


def variants(trainer):
    """Names of variants, and the columns that each sees; none of the rules alone."""
    names = trainer.columns
    is_rules = lambda name: name.startswith(("said", "rules", "since_sure", "until_sure", "share_sure"))
    is_named = lambda name: name.startswith(("names", "mark"))
    pick = lambda keep: np.array([at for at, name in enumerate(names) if keep(name)])
    yield "rules alone", None
    yield "model alone", pick(lambda name: not is_rules(name))
    yield "both", pick(lambda name: True)
    yield "both, without neighbours", pick(lambda name: not name.endswith(NEIGHBOURS))
    yield "both, without weights of words", pick(lambda name: not name.startswith("word_weights") and name != "word_most")
    if trainer.is_page:
        yield "both, without class and id", pick(lambda name: not is_named(name))
        yield "both, features of the text only", pick(lambda name: name in set(trainer.header["text"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--binary", "--data", "--work"):
        parser.add_argument(option, type=Path, required=True)
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    for sort, sets, figures in (("text", DUMPS, text_figures), ("page", PAGES, page_figures)):
        trainer = Trainer(sort, sets, args)
        for name, columns in variants(trainer):
            if columns is None:
                # The rules' own surety, in hundredths, around the threshold of the balanced mode.
                said = trainer.values[:, trainer.columns.index("said")].astype(float)
                scores = (said - 69.5) * trees.ONE / 20
            else:
                judges = [trainer.judge(frozenset({fold}), columns) for fold in range(FOLDS)]
                scores = trainer.unseen_scores(judges)
            print(f"{sort}: {name}: {figures(trainer, scores)}", flush=True)


if __name__ == "__main__":
    main()
