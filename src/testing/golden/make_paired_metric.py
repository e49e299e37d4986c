"""Writes pairedMetric.json: by how much scikit-learn's balanced accuracy and macro F1 of two predictions of the same photos differ, the 95 % interval
of the paired bootstrap within the classes, and p of the paired permutation test, both of so many draws that what is left of chance is small.
Run: python3 src/testing/golden/make_paired_metric.py"""
import json
import pathlib
import numpy as np
import sklearn
from sklearn.metrics import balanced_accuracy_score, f1_score

PERMUTATIONS, RESAMPLES = 200_000, 100_000


def predictions(rng, counts, accuracies, agreement, named):
    """Labels, and two classifiers that are right so often, the second naming as the first does in a share of the photos."""
    labels = np.repeat(np.arange(len(counts)), counts)
    one, other = (np.where(rng.random(len(labels)) < a, labels, rng.integers(0, named, len(labels))) for a in accuracies)
    return labels, one, np.where(rng.random(len(labels)) < agreement, one, other)


def metric(by, labels, predicted, classes):
    """[rows, photos] each → [rows]; as scikit-learn's, which `checked` compares."""
    right = [((labels == k) & (predicted == k)).sum(1) for k in range(classes)]
    of, as_ = ([(what == k).sum(1) for k in range(classes)] for what in (labels, predicted))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.array([r / n if by == "balancedAccuracy" else 2 * r / (n + m) for r, n, m in zip(right, of, as_)])
    return np.nanmean(each, 0)


def difference(by, labels, before, after, classes):
    return metric(by, labels, after, classes) - metric(by, labels, before, classes)


def checked(by, labels, before, after, classes):
    score = balanced_accuracy_score if by == "balancedAccuracy" else lambda y, p: f1_score(y, p, average="macro", zero_division=0)
    exact = score(labels, after) - score(labels, before)
    assert abs(exact - difference(by, labels[None], before[None], after[None], classes)[0]) < 1e-12
    return exact


def in_parts(count, draw, size=2000):
    return np.concatenate([draw(min(size, count - i)) for i in range(0, count, size)])


def case(rng, by, labels, before, after, classes):
    exact = checked(by, labels, before, after, classes)

    def permuted(rows):
        swap = rng.random((rows, len(labels))) < 0.5
        return difference(by, labels[None], np.where(swap, after, before), np.where(swap, before, after), classes)

    def resampled(rows):
        own = [np.flatnonzero(labels == k) for k in range(classes)]
        photos = np.concatenate([some[rng.integers(0, len(some), (rows, len(some)))] for some in own if len(some)], 1)
        return difference(by, labels[photos], before[photos], after[photos], classes)

    as_far = np.abs(in_parts(PERMUTATIONS, permuted)) >= abs(exact) - 1e-12
    low, high = np.quantile(in_parts(RESAMPLES, resampled), [0.025, 0.975])
    return {"by": by, "difference": exact, "p": (1 + int(as_far.sum())) / (1 + PERMUTATIONS), "low": low, "high": high}


def cases():
    rng = np.random.default_rng(7)
    # The last one's fourth class has no photos, and is named all the same.
    for counts, accuracies, agreement, named in [
        ([60, 60, 60], (0.5, 0.7), 0.3, 3), ([120, 25, 8, 15], (0.5, 0.8), 0.3, 4), ([200, 20], (0.7, 0.9), 0.6, 2), ([30, 50, 20], (0.5, 0.6), 0.3, 4),
    ]:
        classes = max(len(counts), named)
        labels, before, after = predictions(rng, counts, accuracies, agreement, named)
        yield {"classes": classes, "labels": labels.tolist(), "before": before.tolist(), "after": after.tolist(),
               "metrics": [case(rng, by, labels, before, after, classes) for by in ("balancedAccuracy", "macroF1")]}


fixture = {"sklearn": sklearn.__version__, "cases": list(cases())}
pathlib.Path(__file__).with_name("pairedMetric.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
