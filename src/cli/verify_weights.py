"""Loads exported weights into PyTorch and compares its predictions with the studio's.

    /usr/bin/python3 src/cli/verify_weights.py --data DIR --out DIR [--batch 16]

DIR of --out holds weights.safetensors, metrics.json and predictions.csv, as `npm run headless` writes them. Photos are
seen as metrics.json says that predictions.csv was made: resize, crop, filter, normalisation, squishing, EXIF. What this
script cannot do as the studio did it is refused by name.
Needs PyTorch, torchvision and Pillow (Debian: python3-torch python3-torchvision). The photos are decoded by Pillow,
by the browser there: probabilities differ a little. Prints JSON.
"""

import argparse
import csv
import json
import os
import re
import struct
import sys

import numpy as np
import torch
import torchvision
from PIL import Image, ImageOps
from torch import nn
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


class ConcatPool(nn.Module):
    """fastai's AdaptiveConcatPool2d: [maxima, averages] of the last map."""

    def forward(self, x):
        return torch.cat([x.amax((2, 3)), x.mean((2, 3))], 1)


def fastai_head(width, classes):
    """fastai's create_head behind the pooling, in the places of its Sequential (fastai/vision/learner.py)."""
    return nn.Sequential(
        nn.Identity(),
        nn.Identity(),
        nn.BatchNorm1d(width),
        nn.Dropout(0.25),
        nn.Linear(width, 512, bias=False),
        nn.ReLU(),
        nn.BatchNorm1d(512),
        nn.Dropout(0.5),
        nn.Linear(512, classes, bias=False),
    )


TRUNKS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "resnext50_32x4d")


def load_model(arch, classes, path):
    """The network with these weights, strictly, in eval mode: torchvision's, or its trunk under fastai's head."""
    tensors, _ = read_safetensors(path)
    trunk, _, head = arch.partition("-")
    if trunk not in TRUNKS or head not in ("", "fastai"):
        sys.exit(f"{arch} is a network that this script does not know")
    model = getattr(torchvision.models, trunk)(num_classes=classes)
    if head == "fastai":
        width = 2 * model.fc.in_features
        model.avgpool, model.fc = ConcatPool(), fastai_head(width, classes)
        tensors = {key.replace("head.", "fc."): value for key, value in tensors.items()}
    model.load_state_dict(tensors, strict=True)
    return model.eval()


FILTERS = {"bilinear": transforms.InterpolationMode.BILINEAR, "bicubic": transforms.InterpolationMode.BICUBIC}
DEFAULTS = {"resize": 0, "filter": "bilinear", "normalize": False, "squish": False, "respectExif": False, "cacheSide": 0}
KNOWN = {*DEFAULTS, "crop", "kind"}


def view_of(metrics):
    """The view that predictions.csv was made in: as metrics.json says it whole, or else by the run's settings."""
    config, predictions = metrics["config"] or {}, metrics["predictions"]
    view = predictions.get("view")
    if view is None:
        tuned = metrics["weights"]["origin"].startswith("fine-tuning")
        view = {key: config[key] for key in ("filter", "squish", "respectExif", "cacheSide")}
        view["normalize"] = config["normalize"] and not (tuned and config["dropNormalization"])
        view.update(resize=predictions["resize"], crop=predictions["crop"])
    unknown = sorted(set(view) - KNOWN)
    if unknown or view.get("kind", "eval") != "eval" or view.get("filter", "bilinear") not in FILTERS:
        sys.exit(f"the view {view} has settings that this script does not know: {unknown}")
    view = {**DEFAULTS, **view}
    if view["cacheSide"] > 0:
        sys.exit(f"the photos were smaller copies of {view['cacheSide']} px, which this script does not make")
    return view


def photo_view(view):
    """A function from a Pillow image to a tensor [3, crop, crop]."""
    resize, crop = view["resize"], view["crop"]
    size = (resize, resize) if view["squish"] else resize
    steps = [transforms.Resize(size, interpolation=FILTERS[view["filter"]])] if resize > 0 else []
    steps += [transforms.CenterCrop(crop), transforms.ToTensor()]
    if view["normalize"]:
        steps.append(transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    seen = transforms.Compose(steps)
    return lambda image: seen((ImageOps.exif_transpose(image) if view["respectExif"] else image).convert("RGB"))


FORMULA = re.compile(r"'*(?:[=@\t\r]|[+-].*[^\w.-])", re.ASCII | re.DOTALL)


def read_table(path):
    """Rows of cells, without the quote that marks names as text where a spreadsheet would take them for formulas."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return [[cell[1:] if cell[:1] == "'" and FORMULA.match(cell[1:]) else cell for cell in row] for row in rows]


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


VALIDATION = {"val", "valid", "validation", "test"}


def photo_of(found, image_id, class_name):
    """The photo's path; of several with one name the one in its class' folder, of those the one to validate on. Or None."""
    paths = found.get(image_id, [])
    for folders in ({class_name}, VALIDATION):
        if len(paths) > 1:
            paths = [path for path in paths if folders & set(path.split(os.sep)[:-1])]
    return paths[0] if len(paths) == 1 else None


def probabilities(model, paths, view, batch, temperature):
    """Softmax of the logits divided by the temperature, [photos, classes]."""
    rows = []
    with torch.no_grad():
        for start in range(0, len(paths), batch):
            images = [view(Image.open(path)) for path in paths[start : start + batch]]
            rows.append(torch.softmax(model(torch.stack(images)) / temperature, 1).numpy())
    return np.concatenate(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder of photos that the run was made with")
    parser.add_argument("--out", required=True, help="the folder that the run wrote")
    parser.add_argument("--batch", type=int, default=16)
    options = parser.parse_args()

    with open(os.path.join(options.out, "metrics.json"), encoding="utf-8") as file:
        metrics = json.load(file)
    header, *rows = read_table(os.path.join(options.out, "predictions.csv"))
    classes = metrics["weights"]["classes"]
    columns = [header.index(name, header.index("predicted") + 1) for name in classes]
    expected = np.array([[float(row[column]) for column in columns] for row in rows])

    photos = find_photos(options.data)
    paths = [photo_of(photos, row[0], classes[int(row[1])]) for row in rows]
    unclear = [row[0] for row, path in zip(rows, paths) if path is None]
    if unclear:
        sys.exit(f"{len(unclear)} photos of predictions.csv are not in {options.data}, or more than once: {unclear[:5]}")
    view = view_of(metrics)
    model = load_model(metrics["weights"]["arch"], len(classes), os.path.join(options.out, "weights.safetensors"))
    temperature = metrics["predictions"].get("temperature") or 1
    got = probabilities(model, paths, photo_view(view), options.batch, temperature)

    difference = np.abs(got - expected)
    report = {
        "arch": metrics["weights"]["arch"],
        "view": view,
        "photos": len(rows),
        "sameClassShare": float((got.argmax(1) == expected.argmax(1)).mean()),
        "probabilityWithin003Share": float((difference.max(1) <= 0.03).mean()),
        "maxProbabilityDifference": float(difference.max()),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
