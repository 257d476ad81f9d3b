"""Oblivious gradient-boosted trees (CatBoost), and from them the integers of the model's file."""

import json
import math
import tempfile
from dataclasses import dataclass

import numpy as np
from catboost import CatBoost, Pool

# A score of the file is this many to one of log-odds.
ONE = 1024


@dataclass(frozen=True)
class Forest:
    depth: int
    bias: list
    questions: list  # for each tree: (column, least), the first is the lowest bit of the leaf
    leaves: list  # for each tree: 2^depth leaves, of each the outputs


def fit(values, label, weight, trees, depth, rate, outputs=1, seed=1):
    parameters = {
        "iterations": trees,
        "depth": depth,
        "learning_rate": rate,
        "l2_leaf_reg": 8,
        "border_count": 64,
        "bootstrap_type": "Bernoulli",
        "subsample": 0.7,
        "boosting_type": "Plain",
        "random_seed": seed,
        "thread_count": 2,
        "loss_function": "Logloss" if outputs == 1 else "MultiClass",
        "logging_level": "Silent",
        "allow_writing_files": False,
    }
    if outputs > 1:
        parameters["classes_count"] = outputs
    model = CatBoost(parameters)
    model.fit(Pool(values.astype(np.float32), label, weight=weight))
    return model


def convert(model, outputs=1):
    """The trees as integers: the columns are integers, so a border between two is the upper one."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        model.save_model(file.name, format="json")
        described = json.load(open(file.name))
    features = described["features_info"]["float_features"]
    column_of = {feature["feature_index"]: feature["flat_feature_index"] for feature in features}
    scale, bias = described["scale_and_bias"]
    bias = bias if isinstance(bias, list) else [bias]
    bias = (bias + [0] * outputs)[:outputs]
    depth = max(len(tree["splits"] or []) for tree in described["oblivious_trees"])
    questions, leaves = [], []
    for tree in described["oblivious_trees"]:
        splits = tree["splits"] or []
        asked = [(column_of[s["float_feature_index"]], min(255, math.floor(s["border"]) + 1)) for s in splits]
        # A shallower tree asks in vain: every number is at least nothing, so it takes the upper half.
        missing = depth - len(asked)
        values = np.array(tree["leaf_values"]).reshape(-1, outputs) * scale * ONE
        questions.append(asked + [(0, 0)] * missing)
        leaves.append(np.clip(np.rint(np.concatenate([values] * 2**missing)), -32768, 32767).astype(np.int16))
    return Forest(depth, [round(b * ONE) for b in bias], questions, leaves)


def scores(forest, values):
    """What the binary computes, to check against what the library does."""
    sums = np.tile(np.array(forest.bias, dtype=np.int64), (len(values), 1))
    for asked, leaves in zip(forest.questions, forest.leaves):
        leaf = np.zeros(len(values), dtype=np.int64)
        for bit, (column, least) in enumerate(asked):
            leaf |= (values[:, column] >= least).astype(np.int64) << bit
        sums += leaves[leaf]
    return sums
