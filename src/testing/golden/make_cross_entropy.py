"""Writes crossEntropy.json: torch.nn.functional.cross_entropy with label smoothing, class weights and mixed targets, and its
gradients. Run: python3 src/testing/golden/make_cross_entropy.py"""
import json
import pathlib
import torch
import torch.nn.functional as F

LOGITS = [[2, 0.5, -1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5], [-0.7, 1.4, 0.2, -2, 0.6]]
LABELS = [0, 3, 1]
WEIGHTS = [0.5, 2, 1, 0.25, 4]
SHARE = 0.7

logits = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
labels = torch.tensor(LABELS)
weight = torch.tensor(WEIGHTS, dtype=torch.float64)
one_hot = F.one_hot(labels, 5).double()
mixed = SHARE * one_hot + (1 - SHARE) * one_hot.roll(1, 0)
cases = []
for share, target in ((None, labels), (SHARE, mixed)):
    for smoothing in (0, 0.1):
        for weights in (None, weight):
            loss = F.cross_entropy(logits, target, weight=weights, label_smoothing=smoothing)
            (gradient,) = torch.autograd.grad(loss, logits)
            cases.append(
                {
                    "share": share,
                    "smoothing": smoothing,
                    "classWeights": weights is not None,
                    "loss": round(loss.item(), 9),
                    "gradient": [round(value, 9) for value in gradient.flatten().tolist()],
                }
            )
fixture = {"torch": torch.__version__, "logits": LOGITS, "labels": LABELS, "weights": WEIGHTS, "cases": cases}
pathlib.Path(__file__).with_name("crossEntropy.json").write_text(json.dumps(fixture, indent=2) + "\n")
