#!/usr/bin/env python3
"""Writes fastai.json: what fastai's `cnn_learner` computes, rebuilt in PyTorch alone.

    python3 make_fastai.py fastai.json

Body: torchvision's ResNet-18 without avgpool and fc. Head: AdaptiveConcatPool2d, Flatten, BatchNorm1d, Dropout(.25),
Linear without bias, ReLU, BatchNorm1d, Dropout(.5), Linear without bias (fastai/vision/learner.py, create_head).
One training step of fastai's Adam (fastai/optimizer.py), frozen and unfrozen, at the start of `fine_tune`'s two cycles.
Weights, photos and what is dropped come from formulas; figures are as in make_golden.py.
"""
import functools
import json
import sys

import numpy as np
import torch
import torchvision
from torch import nn

import make_golden
from make_golden import fill, images, summary

values = make_golden.values = functools.lru_cache(maxsize=None)(make_golden.values)

DROPOUT_SEED = 12345
# Photos on which no ReLU is so close to turning that float32 decides it.
PHOTOS = "fastai/whole"


def pcg(x):
    """The 32-bit permuted congruential generator's output for each of x."""
    x = np.atleast_1d(np.asarray(x, np.uint64))
    state = (x * 747796405 + 2891336453) & 0xFFFFFFFF
    word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737 & 0xFFFFFFFF
    return (word >> 22) ^ word


class Dropout(nn.Module):
    """nn.Dropout, but element i of [N, C] is dropped where pcg(i + pcg(seed)) < p * 2**32."""

    def __init__(self, p, seed):
        super().__init__()
        self.p, self.seed = p, seed

    def forward(self, x):
        i = (np.arange(x.numel(), dtype=np.uint64) + pcg(self.seed)) & 0xFFFFFFFF
        kept = torch.from_numpy(pcg(i) >= np.uint64(self.p * 2**32)).reshape(x.shape)
        return x * kept / (1 - self.p)


class ConcatPool(nn.Module):
    def forward(self, x):
        return torch.cat([nn.functional.adaptive_max_pool2d(x, 1), nn.functional.adaptive_avg_pool2d(x, 1)], 1)


class Learner(nn.Module):
    """torchvision's names for the body; `head.N` is what fastai calls `1.N`."""

    def __init__(self, classes=5):
        super().__init__()
        body = torchvision.models.resnet18()
        for name in ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"):
            setattr(self, name, getattr(body, name))
        c = 2 * 512
        self.head = nn.Sequential(ConcatPool(), nn.Flatten(), nn.BatchNorm1d(c), Dropout(0.25, DROPOUT_SEED + 3),
                                  nn.Linear(c, 512, bias=False), nn.ReLU(), nn.BatchNorm1d(512),
                                  Dropout(0.5, DROPOUT_SEED + 7), nn.Linear(512, classes, bias=False))

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.head(self.layer4(self.layer3(self.layer2(self.layer1(x)))))


def make(dtype):
    model = fill(Learner())
    with torch.no_grad():
        for key in ("head.4.weight", "head.8.weight"):  # as `fill` has it for any linear layer
            t = model.state_dict()[key]
            u = torch.from_numpy(values(key, t.numel())).reshape(t.shape)
            t.copy_(u * np.float32(2.0 / np.sqrt(t.shape[1])))
    return model.to(dtype)


def group_of(key):
    return 2 if key.startswith("head") else 1 if key.startswith(("layer3", "layer4")) else 0


def step(name, frozen, rates, n=8, size=64):
    """One step at `rates` a group and momentum .95; frozen, the body's convolutions get no gradient."""
    def compute(dtype):
        model = make(dtype).train()
        norms = {id(p) for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)) for p in m.parameters()}
        for key, p in model.named_parameters():
            p.requires_grad = not frozen or key.startswith("head") or id(p) in norms
        loss = nn.functional.cross_entropy(model(images(name, n, size).to(dtype)), torch.arange(n) % 5)
        loss.backward()
        before = {k: t.clone() for k, t in make(dtype).state_dict().items()}
        gradients = {k: p.grad.clone() for k, p in model.named_parameters() if p.requires_grad}
        with torch.no_grad():
            for key, p in model.named_parameters():
                if not p.requires_grad:
                    continue
                lr, mom, sqr_mom, eps = rates[group_of(key)], 0.95, 0.99, 1e-5
                if id(p) not in norms:
                    p.mul_(1 - lr * 0.01)
                m, v = (1 - mom) * p.grad, (1 - sqr_mom) * p.grad * p.grad
                p.sub_(lr / (1 - mom) * m / ((v / (1 - sqr_mom)).sqrt() + eps))
        after = {k: t for k, t in model.state_dict().items() if t.is_floating_point() and not torch.equal(t, before[k])}
        return float(loss), gradients, after

    (loss, gradients, after), (loss32, gradients32, after32) = compute(torch.float64), compute(torch.float32)
    return {"input": name, "batch": n, "size": size, "frozen": frozen, "loss": loss, "lossNoise": abs(loss - loss32),
            "gradients": {k: summary(k, gradients[k], gradients32[k]) for k in gradients},
            "changed": {k: summary(k, after[k], after32[k]) for k in after}}


def main(path):
    torch.set_num_threads(2)
    golden = {
        "dropoutSeed": DROPOUT_SEED,
        "steps": [step(PHOTOS, True, [2e-4 / 25, 2e-4 / 25, 2e-3 / 25]),
                  step(PHOTOS, False, [1e-5 / 5, 1e-4 / 5, 1e-3 / 5])],
    }
    with open(path, "w") as f:
        json.dump(golden, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
