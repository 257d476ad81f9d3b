"""The file of the model; `src/model/file.rs` describes it."""

import struct
from dataclasses import dataclass, field

import numpy as np

import trees

# A forest that says nothing.
NONE = trees.Forest(1, [], [], [])
# Ninety-nine scores, the least of .01, .02 and so on: until it is calibrated, those of log-odds.
PLAIN = [round(trees.ONE * np.log(p / (1 - p))) for p in np.arange(1, 100) / 100]


@dataclass
class Judge:
    """The judge of one sort of document."""

    words: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    names: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    forest: trees.Forest = NONE
    confidence: list = field(default_factory=lambda: list(PLAIN))


def forest_bytes(forest):
    out = struct.pack("<HBH", len(forest.bias), forest.depth, len(forest.questions))
    out += struct.pack(f"<{len(forest.bias)}i", *forest.bias)
    for asked, leaves in zip(forest.questions, forest.leaves):
        out += b"".join(struct.pack("<HB", column, least) for column, least in asked)
        out += leaves.astype("<i2").tobytes()
    return out


def judge_bytes(judge):
    tables = b"".join(struct.pack("<I", len(table)) + table.tobytes() for table in (judge.words, judge.names))
    return tables + forest_bytes(judge.forest) + struct.pack("<99i", *judge.confidence)


def write(path, header, text=None, page=None, kinds=NONE):
    hashes = struct.pack("<2I", *header["columns_hash"])
    judges = judge_bytes(text or Judge()) + judge_bytes(page or Judge())
    path.write_bytes(b"CCMODEL1" + hashes + judges + forest_bytes(kinds))
