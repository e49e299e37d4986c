#!/usr/bin/env python3
"""Writes small files as torch.save writes them, and one that only pretends to.

Run it where PyTorch is (on Debian: python3-torch), in the folder that the files belong in:

    python3 make_torch_files.py
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import pickle
import sys
import zipfile

import numpy as np
import torch
import torchvision

sys.path.insert(0, "../golden")
from make_golden import images, values

RAMP = torch.arange(24, dtype=torch.float32) / 8 - 1


class Hostile:
    def __reduce__(self):
        return os.system, ("touch hostile-pickle-was-run",)


def write_safetensors(state, name):
    """The format of huggingface/safetensors, by its description: header length, JSON header, the tensors' bytes."""
    types = {torch.float16: "F16", torch.bfloat16: "BF16", torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
    header, data = {}, b""
    for key, tensor in state.items():
        raw = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        header[key] = {"dtype": types[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(name, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


def write_beside():
    """A state dict beside what training programs keep with it: settings, numbers of NumPy's, states of generators, names."""
    beside = {"args": argparse.Namespace(lr=0.1, data="/data"), "best": np.float64(0.5), "seconds": np.float32(3)}
    generators = {"rng": torch.Generator().get_state()[:16].clone(), "numpy_rng": ("MT19937", np.arange(4, dtype=np.uint32), 624)}
    times = {"when": datetime.datetime(2026, 11, 29), "path": pathlib.PurePosixPath("/data")}
    names = {"class_to_idx": {"wolf": 0, "cat": 2, "dog": 1}}
    torch.save({"state_dict": {f"layer{i}.weight": RAMP for i in range(5)}, **beside, **generators, **times, **names}, "beside.pth")


def write_listed():
    """A state dict as one of a few things in a list."""
    torch.save([3, {"weight": RAMP, "bias": RAMP[:4].clone()}, {"loss": 0.5}], "listed.pth")


def write_resnet50(classes=5, size=64):
    """A whole ResNet-50 within 100 kB: every tensor is a view of a few short storages, in steps that cover one another.

    Its logits for two images go into resnet50_views.json, computed in float64 from the weights as they are in the file.
    """
    def drawn(name, count, low, high):
        return torch.from_numpy(values(name, count) + np.float32(0.5)) * (high - low) + low

    base, gamma, small = drawn("filters", 8400, -1, 1).half(), drawn("gamma", 2048, 0.5, 0.7), drawn("small", 2048, -0.1, 0.1)
    model = torchvision.models.resnet50(num_classes=classes).double()
    norms = {name: module for name, module in model.named_modules() if isinstance(module, torch.nn.BatchNorm2d)}
    deviations = torch.ones(len(norms))
    shared = {}
    for key, tensor in model.state_dict().items():
        owner, _, part = key.rpartition(".")
        if part == "num_batches_tracked":
            shared[key] = torch.tensor(7)
        elif tensor.dim() > 1:
            shared[key] = base.as_strided(tensor.shape, (3, 1, 11, 29)[: tensor.dim()])
        elif part == "running_var":
            shared[key] = deviations[list(norms).index(owner)].expand(len(tensor))
        else:
            shared[key] = (gamma if part == "weight" else small)[: len(tensor)]
    model.load_state_dict(shared)
    x = images("views", 2, size).double()
    with torch.no_grad():
        # The variances that the images have, a norm after the other: activations stay in range.
        for i, norm in enumerate(norms.values()):
            handle = norm.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0].var()))
            seen = []
            model.eval()(x)
            handle.remove()
            deviations[i] = seen[0].float()
            norm.running_var.fill_(deviations[i].double())
        logits = model(x)
    torch.save({"epoch": 1, "state_dict": {"model." + key: tensor for key, tensor in shared.items()}}, "resnet50_views.pth")
    with open("resnet50_views.json", "w") as file:
        json.dump({"size": size, "classes": classes, "logits": logits.tolist()}, file)
        file.write("\n")


def main():
    dtypes = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
    state = collections.OrderedDict((str(d).split(".")[1], RAMP.to(d).reshape(2, 3, 4)) for d in dtypes)
    state["tracked"] = torch.tensor(7)
    torch.save(state, "dtypes.pth")
    write_safetensors(state, "dtypes.safetensors")

    grid = RAMP.reshape(4, 6)
    layouts = {"transposed": grid.t(), "sliced": grid[1:3, 2:5], "shared": grid, "column": grid[:, 1], "expanded": RAMP[:3].reshape(3, 1).expand(3, 2)}
    layouts["parameter"] = torch.nn.Parameter(RAMP[:4].clone())
    layouts["filter"] = RAMP.reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)
    torch.save(layouts, "layouts.pth")

    inner = {"module._orig_mod.weight": RAMP, "module._orig_mod.bias": RAMP[:2].clone()}
    torch.save({"epoch": 3, "best": 0.5, "model": inner, "names": ["a", "b"], "none": None}, "nested.pth")
    torch.save(torch.nn.Linear(2, 2).state_dict(), "with_metadata.pth")
    torch.save({"weight": RAMP}, "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"optimizer": 1}, "no_tensors.pth")
    write_beside()
    write_listed()

    write_resnet50()

    with zipfile.ZipFile("hostile.pth", "w") as archive:
        archive.writestr("hostile/data.pkl", pickle.dumps({"weight": Hostile()}, protocol=2))
    with zipfile.ZipFile("bomb.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data.pkl", bytes(10_000_000))


if __name__ == "__main__":
    main()
