"""Weights of hashed words and names: logistic regression over which of them a segment has."""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

# A weight of the file is this many of those of the regression.
SCALE = 16
# Against overfitting: words seen on one site say little.
STRENGTH = 0.1


def matrix(buckets, count):
    indptr = np.zeros(len(buckets) + 1, dtype=np.int64)
    unique = [np.unique(np.fromiter(row, dtype=np.int32, count=len(row))) for row in buckets]
    np.cumsum([len(row) for row in unique], out=indptr[1:])
    indices = np.concatenate(unique) if unique else np.zeros(0, dtype=np.int32)
    return csr_matrix((np.ones(len(indices), dtype=np.float32), indices, indptr), shape=(len(buckets), count))


def fit(features, label, weight):
    """The weights as the model's file holds them; features that are on fewer than three rows have none."""
    seen = np.asarray((features > 0).sum(axis=0)).ravel() >= 3
    used = features[:, seen]
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=100)
    model.fit(used, label, sample_weight=weight)
    weights = np.zeros(features.shape[1])
    weights[seen] = model.coef_[0]
    return np.clip(np.rint(weights * SCALE), -127, 127).astype(np.int8)
