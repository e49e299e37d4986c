#!/usr/bin/env python3
"""Writes resnext.json: what PyTorch computes with a ResNeXt-50 32x4d, whose 3x3 convolutions are in 32 groups.

    python3 make_resnext.py resnext.json

Entries are those of golden.json, made by the functions of make_golden.py beside it; of every tensor the first three elements,
all figures to nine digits. At 35 px nothing that a ReLU rectifies in the first training step is nearer to zero than 1e-6 of its
tensor's root mean square; at 64 px something is, and float32 arithmetic decides on which side, and with it whole gradients.
"""
import functools
import json
import sys

import make_golden

make_golden.values = functools.cache(make_golden.values)

ARCH = "resnext50_32x4d"


def short(value):
    if isinstance(value, dict):
        return {key: short(v[:3] if key == "head" else v) for key, v in value.items()}
    if isinstance(value, list):
        return [short(v) for v in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def main(path):
    make_golden.torch.set_num_threads(2)
    golden = {
        "made": {"torch": make_golden.torch.__version__, "torchvision": make_golden.torchvision.__version__},
        "evaluation": [make_golden.evaluation(ARCH, 2, 64)],
        "training": [make_golden.training(ARCH, 4, 35, 3)],
        "fineTuning": [make_golden.fine_tuning(ARCH, 2, 64, 2, affine) for affine in (False, True)],
    }
    with open(path, "w") as f:
        json.dump(short(golden), f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
