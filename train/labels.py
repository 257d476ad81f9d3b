"""What each segment is: body (0), junk (1), or unknown (-1).

The references are of three sorts. A page has its body as one text, and each of its segments is held
against that. A dump has a label for every line. A page with snippets has some phrases that must stay
and some that must go; what holds one of them is labelled, the rest is not.
"""

import gzip
import json
import re
from collections import Counter

TOKEN = re.compile(r"\w+")
BODY, JUNK, UNKNOWN = 0, 1, -1


def read_truth(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {truth["id"]: truth for truth in map(json.loads, lines)}


def shingles(tokens, size=4):
    return Counter(tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1))


def by_reference(segments, reference):
    """Labels of the segments of a page (texts) by its reference body.

    A segment of six tokens or more is body if half of its 4-token shingles are in the reference, each
    occurrence of which is given away once, so that the second copy of a paragraph is junk. A shorter
    one must be a line of the reference, or three tokens of it in a row.
    """
    if isinstance(reference, list):
        reference = "\n".join(reference)
    tokens = TOKEN.findall(reference.lower())
    left = shingles(tokens)
    lines = Counter(" ".join(TOKEN.findall(line.lower())) for line in reference.splitlines())
    running = " " + " ".join(tokens) + " "
    labels = []
    for segment in segments:
        words = TOKEN.findall(segment.lower())
        if len(words) >= 6:
            own = shingles(words)
            is_body = 2 * (own & left).total() >= own.total()
            if is_body:
                left -= own
            labels.append(BODY if is_body else JUNK)
        elif not words:
            labels.append(UNKNOWN)
        else:
            line = " ".join(words)
            if lines[line] > 0:
                lines[line] -= 1
                labels.append(BODY)
            else:
                labels.append(BODY if len(words) >= 3 and f" {line} " in running else JUNK)
    return labels


def by_lines(text, spans, truth):
    """Labels and kinds of the segments of a dump (byte spans of its text) by those of its lines. A segment
    of several lines has the label of most of its bytes, and the kind of its first line that has one."""
    starts, at = [], 0
    for line in text.encode().split(b"\n"):
        starts.append((at, at + len(line)))
        at += len(line) + 1
    of_label = {"body": BODY, "junk": JUNK}
    labels, kinds, line = [], [], 0
    for start, end in spans:
        while starts[line][1] <= start:
            line += 1
        bytes_of, kind, here = Counter(), None, line
        while here < len(starts) and starts[here][0] < end:
            share = min(end, starts[here][1]) - max(start, starts[here][0])
            bytes_of[of_label.get(truth["labels"][here], UNKNOWN)] += share
            kind = kind or truth["kinds"][here]
            here += 1
        labels.append(bytes_of.most_common(1)[0][0])
        kinds.append(kind)
    return labels, kinds


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def by_snippets(segments, truth):
    """Labels of the segments of a page by the snippets that must stay or go."""
    stay = [squeeze(snippet) for snippet in truth.get("with") or []]
    go = [squeeze(snippet) for snippet in truth.get("without") or []]
    labels = []
    for segment in segments:
        segment = squeeze(segment)

        def holds(snippets):
            # A short line that happens to stand within a snippet is no proof.
            return any(s and (s in segment or len(segment) >= 20 and segment in s) for s in snippets)

        is_body, is_junk = holds(stay), holds(go)
        labels.append(UNKNOWN if is_body == is_junk else BODY if is_body else JUNK)
    return labels


def by_copies(segments, text, truth):
    """Labels of the segments of a page by those of the lines of a dump of the same page."""
    known = {}
    for line, label in zip(text.split("\n"), truth["labels"]):
        line = squeeze(line)
        label = {"body": BODY, "junk": JUNK}.get(label, UNKNOWN)
        known[line] = label if known.get(line, label) == label else UNKNOWN
    return [known.get(squeeze(segment), UNKNOWN) for segment in segments]
