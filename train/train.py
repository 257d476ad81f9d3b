"""Trains the models of cleancopy, and measures them on sites that they have not seen.

    python train/train.py --binary target/release/cleancopy --data DATA --work WORK

writes `src/model/cleancopy.model` (all documents), and to the folder of work `fold0.model` to `fold4.model`
(each without the sites of its fold), `unseen.model` (without dumps-ml) and `report.json`. `cross.py` runs
the binary with these and prints the cross-validated figures.
"""

import argparse
import json
import time
from functools import cache
from pathlib import Path

import numpy as np
from sklearn.isotonic import IsotonicRegression

import data
import labels
import linear
import model_file
import trees

FOLDS = 5
PAGES = [("pages-dev.jsonl.zst", "pages-dev", None), ("segments-dev.jsonl.zst", "segments-dev", "dumps-ml")]
DUMPS = [("dumps-dev.jsonl.gz", "dumps-dev", None), ("dumps-ml.jsonl.gz", "dumps-ml", None)]
# Trees, their depth, and the rate at which they learn.
FINAL = {"text": (120, 6, 0.15), "page": (200, 6, 0.1)}
QUICK = (60, 5, 0.2)
KINDS = (80, 5, 0.15)
# A label against which a quick model is this sure, in log-odds, is rather a fault of the reference.
DOUBTFUL = 2.5
# Longer paragraphs weigh no more than so many words.
MOST_WORDS = 80
# A name by the elements of a page weighs this much of one by reading.
BY_ELEMENT = 0.3


def fold_of(site):
    value = 0x811C9DC5
    for byte in site.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return (value ^ value >> 15) % FOLDS


class Trainer:
    """The documents of one sort, and all that is trained on them. A set of folds that is left out is a
    frozenset; what is trained without it is kept."""

    def __init__(self, sort, sets, args):
        self.sort, self.args, self.sets = sort, args, sets
        self.is_page = sort == "page"
        self.parts = []
        for file, name, lines in sets:
            prefix = args.work / name
            pages = args.work / "pages-dev" if name == "dumps-dev" else None
            self.parts.append(data.read(prefix, name, args.data, self.is_page, lines, pages))
        self.header = self.parts[0].header
        self.columns = self.header["page" if self.is_page else "text"]
        join = lambda of: np.concatenate([of(part) for part in self.parts])
        self.label, self.words = join(lambda p: p.label), join(lambda p: p.words)
        self.values = join(lambda p: p.values)
        self.part = np.repeat(np.arange(len(self.parts)), [len(p.label) for p in self.parts])
        self.kinds = [kind for part in self.parts for kind in part.kinds]
        self.named = [kind for part in self.parts for kind in part.named]
        offsets = np.cumsum([0] + [len(part.ids) for part in self.parts])
        self.document = np.concatenate([p.document + o for p, o in zip(self.parts, offsets)])
        self.types = [kind for part in self.parts for kind in part.types]
        self.settled_body = np.array([words for part in self.parts for words in part.settled_body])
        self.document_fold = np.array([fold_of(site) for part in self.parts for site in part.sites])
        self.fold = self.document_fold[self.document]
        self.weight = self.weights_of_rows()
        buckets = [row for part in self.parts for row in part.buckets]
        self.buckets = linear.matrix(buckets, self.header["word_buckets"])
        names = [row for part in self.parts for row in part.names]
        self.names = linear.matrix(names, self.header["name_buckets"]) if self.is_page else None
        learned = lambda name: name.startswith(("word_weights", "word_most", "names"))
        self.plain = np.array([at for at, name in enumerate(self.columns) if not learned(name)])

    def weights_of_rows(self):
        """Of a text, body weighs more by its words than junk, as a word lost is worse than a line left; of a
        page, both by the root of their words. A document of twice the weight counts 1.4 times."""
        words = np.minimum(self.words, MOST_WORDS) ** 0.75
        if self.is_page:
            weight = np.sqrt(self.words + 1.0)
        else:
            weight = np.where(self.label == labels.BODY, 2 * words + 2, words + 8)
        of_document = np.bincount(self.document, weight)
        weight = weight / np.sqrt(of_document[self.document])
        return weight / weight.mean()

    def trained_on(self, left_out):
        return (self.label != labels.UNKNOWN) & ~np.isin(self.fold, list(left_out))

    @cache
    def tables(self, left_out):
        """The weights of words and names, as a judge without a forest."""
        mask = self.trained_on(left_out)
        fit = lambda matrix: linear.fit(matrix[mask], self.label[mask], self.weight[mask])
        none = np.zeros(0, dtype=np.int8)
        return model_file.Judge(fit(self.buckets), fit(self.names) if self.is_page else none)

    @cache
    def rows(self, left_out):
        """All rows, with these weights."""
        path = self.args.work / f"{self.sort}.tables.model"
        model_file.write(path, self.header, **{self.sort: self.tables(left_out)})
        values = []
        for file, name, _ in self.sets:
            data.export(self.args.binary, [self.args.data / file], self.args.work / "tables", path)
            values.append(data.values_of(self.args.work / "tables", self.is_page)[1])
        return np.concatenate(values)

    def honest_rows(self, left_out):
        """Rows, each with weights that were learned without its own site."""
        rows = self.values.copy()
        for fold in set(range(FOLDS)) - left_out:
            mask = self.fold == fold
            rows[mask] = self.rows(left_out | {fold})[mask]
        return rows

    @cache
    def quick(self, left_out):
        """What a small model without these folds says of all rows."""
        mask = self.trained_on(left_out)
        model = trees.fit(self.values[mask][:, self.plain], self.label[mask], self.weight[mask], *QUICK)
        return model.predict(self.values[:, self.plain].astype(np.float32))

    def doubtful(self, left_out):
        """Rows whose label is rather a fault of the reference, by models that have not seen their site."""
        against = np.zeros(len(self.label))
        for fold in set(range(FOLDS)) - left_out:
            mask = self.fold == fold
            against[mask] = self.quick(left_out | {fold})[mask]
        return np.where(self.label == labels.JUNK, -against, against) > DOUBTFUL

    def judge(self, left_out, columns=None):
        """The judge without these folds. With `columns` it sees no others."""
        mask = self.trained_on(left_out) & ~self.doubtful(left_out)
        rows = self.honest_rows(left_out)
        if columns is not None:
            hidden = np.setdiff1d(np.arange(rows.shape[1]), columns)
            rows[:, hidden] = 0
        model = trees.fit(rows[mask], self.label[mask], self.weight[mask], *FINAL[self.sort])
        tables = self.tables(left_out)
        return model_file.Judge(tables.words, tables.names, trees.convert(model))

    def unseen_scores(self, judges):
        """The score of each row by the judge that has not seen its site."""
        scores = np.zeros(len(self.label))
        for fold, judge in enumerate(judges):
            mask = self.fold == fold
            scores[mask] = trees.scores(judge.forest, self.rows(frozenset({fold}))[mask])[:, 0]
        return scores

    def kinds_forest(self, left_out):
        """The forest of kinds: lines that were named by reading, and lines of dumps that the elements of
        their page name."""
        order = self.header["kinds"]
        known = [kind or named for kind, named in zip(self.kinds, self.named)]
        mask = np.array([kind is not None for kind in known]) & (self.label == labels.JUNK)
        mask &= ~np.isin(self.fold, list(left_out))
        label = np.array([order.index(kind) if kind else 0 for kind in known])
        weight = np.where([kind is not None for kind in self.kinds], 1.0, BY_ELEMENT)
        model = trees.fit(self.honest_rows(left_out)[mask], label[mask], weight[mask], *KINDS, outputs=len(order))
        return trees.convert(model, len(order))


def calibration(scores, label):
    """For each hundredth of confidence the least score of which so many segments are junk."""
    known = label != labels.UNKNOWN
    curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores[known], label[known])
    grid = np.arange(-10 * trees.ONE, 10 * trees.ONE)
    share = curve.predict(grid)
    at = np.searchsorted(share, np.arange(1, 100) / 100)
    return [int(grid[min(i, len(grid) - 1)]) for i in at]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent.parent / "src/model/cleancopy.model")
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    start = time.time()
    say = lambda what: print(f"{time.time() - start:6.0f} s  {what}", flush=True)
    for file, name, _ in PAGES + DUMPS:
        data.export(args.binary, [args.data / file], args.work / name)
    say("rows")
    report = {}

    text = Trainer("text", DUMPS, args)
    header = text.header
    judges = {"text": [], "page": []}
    folds = [frozenset({fold}) for fold in range(FOLDS)]
    for fold in folds:
        judges["text"].append(text.judge(fold))
    text_scores = text.unseen_scores(judges["text"])
    text_confidence = calibration(text_scores, text.label)
    kinds = [text.kinds_forest(fold) for fold in folds]
    final_text, final_kinds = text.judge(frozenset()), text.kinds_forest(frozenset())
    say("texts")

    unseen = Trainer("text", DUMPS[:1], args)
    judge = unseen.judge(frozenset())
    scores = unseen.unseen_scores([unseen.judge(fold) for fold in folds])
    judge.confidence = calibration(scores, unseen.label)
    model_file.write(args.work / "unseen.model", header, text=judge, kinds=unseen.kinds_forest(frozenset()))
    say("texts without dumps-ml")

    page = Trainer("page", PAGES, args)
    for fold in folds:
        judges["page"].append(page.judge(fold))
        say(f"pages without fold {min(fold)}")
    page_scores = page.unseen_scores(judges["page"])
    page_confidence = calibration(page_scores, page.label)
    final_page = page.judge(frozenset())

    for judge in judges["text"] + [final_text]:
        judge.confidence = text_confidence
    for judge in judges["page"] + [final_page]:
        judge.confidence = page_confidence
    for fold in range(FOLDS):
        path = args.work / f"fold{fold}.model"
        model_file.write(path, header, judges["text"][fold], judges["page"][fold], kinds[fold])
    model_file.write(args.output, header, final_text, final_page, final_kinds)
    np.savez(args.work / "scores.npz", text=text_scores, page=page_scores)
    for trainer, scores, name in ((text, text_scores, "text"), (page, page_scores, "page")):
        known = trainer.label != labels.UNKNOWN
        report[name] = {
            "documents": len(trainer.types),
            "rows": int(known.sum()),
            "junk": int((trainer.label == labels.JUNK).sum()),
            "doubtful": int((trainer.doubtful(frozenset()) & known).sum()),
            "columns": len(trainer.columns),
        }
    report["bytes"] = args.output.stat().st_size
    (args.work / "report.json").write_text(json.dumps(report, indent=1))
    say(f"{args.output}: {report['bytes']} bytes")


if __name__ == "__main__":
    main()
