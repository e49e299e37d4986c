#!/usr/bin/env python3
"""Writes crops.json: random crops of random pictures, shrunk and stretched by Pillow. Of the pixels only a digest is kept.

    python3 make_crops.py crops.json

Uses `picture` of make_golden.py; no data files are needed.
"""
import hashlib
import json
import random
import sys

import PIL
from PIL import Image
from make_golden import picture

SIZES = [5, 24, 47, 96]
FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
CROPS_A_BATCH = 10


def crop(rng, name, size, filter):
    """Pillow: crop, then resize with antialiasing to a square, as RandomResizedCrop does."""
    width, height = rng.randint(3, 260), rng.randint(3, 260)
    w, h = rng.randint(1, width), rng.randint(1, height)
    left, top = rng.randint(0, width - w), rng.randint(0, height - h)
    box = (left, top, left + w, top + h)
    pixels = Image.fromarray(picture(name, width, height)).crop(box).resize((size, size), FILTERS[filter])
    return {"picture": name, "width": width, "height": height, "left": left, "top": top, "cropWidth": w, "cropHeight": h,
            "sha256": hashlib.sha256(pixels.tobytes()).hexdigest()}


def main(path):
    rng = random.Random(1)
    batches = [{"size": size, "filter": filter, "crops": [crop(rng, f"crop/{filter}/{size}/{i}", size, filter) for i in range(CROPS_A_BATCH)]}
               for size in SIZES for filter in FILTERS]
    with open(path, "w") as f:
        json.dump({"made": {"pillow": PIL.__version__}, "batches": batches}, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
