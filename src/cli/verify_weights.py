"""Loads exported weights into torchvision and compares its predictions with the studio's.

    /usr/bin/python3 src/cli/verify_weights.py --data DIR --out DIR [--batch 16]

DIR of --out holds weights.safetensors, metrics.json and predictions.csv, as `npm run headless` writes them.
Needs PyTorch, torchvision and Pillow (Debian: python3-torch python3-torchvision). The photos are decoded by Pillow,
by the browser there: probabilities differ a little. Prints JSON.
"""

import argparse
import csv
import json
import os
import struct
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision import transforms

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1"}


def read_safetensors(path):
    """The tensors by key and the metadata. Raises ValueError where header and data disagree."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    body = memoryview(data)[8 + length :]
    tensors = {}
    end = 0
    for key, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        start, stop = entry["data_offsets"]
        if start != end or stop > len(body):
            raise ValueError(f"{key}: bytes {start} to {stop} leave a gap, overlap, or pass the end {len(body)}")
        array = np.frombuffer(body[start:stop], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[key] = torch.from_numpy(array.copy())
        end = stop
    if end != len(body):
        raise ValueError(f"{len(body) - end} bytes belong to no tensor")
    return tensors, metadata


def load_model(arch, classes, path):
    """The torchvision model with these weights, strictly, in eval mode."""
    tensors, _ = read_safetensors(path)
    model = getattr(torchvision.models, arch)(num_classes=classes)
    model.load_state_dict(tensors, strict=True)
    return model.eval()


def validation_view(resize, crop):
    """Resize of the shorter side (0: none), centre crop, values from 0 to 1; no normalisation, as in the studio."""
    steps = [transforms.Resize(resize)] if resize > 0 else []
    return transforms.Compose([*steps, transforms.CenterCrop(crop), transforms.ToTensor()])


def find_photos(folder):
    """The files under the folder by relative path, by name, and by name without extension: key to paths."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, folder).replace(os.sep, "/")
            for key in {relative, name, os.path.splitext(name)[0]}:
                found.setdefault(key, []).append(path)
    return found


def probabilities(model, paths, view, batch):
    """Softmax of the logits, [photos, classes]."""
    rows = []
    with torch.no_grad():
        for start in range(0, len(paths), batch):
            images = [view(Image.open(path).convert("RGB")) for path in paths[start : start + batch]]
            rows.append(torch.softmax(model(torch.stack(images)), 1).numpy())
    return np.concatenate(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder of photos that the run was made with")
    parser.add_argument("--out", required=True, help="the folder that the run wrote")
    parser.add_argument("--batch", type=int, default=16)
    options = parser.parse_args()

    with open(os.path.join(options.out, "metrics.json"), encoding="utf-8") as file:
        metrics = json.load(file)
    with open(os.path.join(options.out, "predictions.csv"), encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    classes = header[3:]
    expected = np.array([[float(value) for value in row[3:]] for row in rows])

    photos = find_photos(options.data)
    unclear = [row[0] for row in rows if len(photos.get(row[0], [])) != 1]
    if unclear:
        sys.exit(f"{len(unclear)} photos of predictions.csv are not in {options.data}, or more than once: {unclear[:5]}")
    view = metrics["predictions"]
    model = load_model(metrics["config"]["arch"], len(classes), os.path.join(options.out, "weights.safetensors"))
    paths = [photos[row[0]][0] for row in rows]
    got = probabilities(model, paths, validation_view(view["resize"], view["crop"]), options.batch)

    difference = np.abs(got - expected)
    report = {
        "photos": len(rows),
        "sameClassShare": float((got.argmax(1) == expected.argmax(1)).mean()),
        "probabilityWithin003Share": float((difference.max(1) <= 0.03).mean()),
        "maxProbabilityDifference": float(difference.max()),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
