"""Writes inspect.json: dHash by ImageHash's formula on Pillow's greys, their statistics, and the variance of OpenCV's Laplacian, of
pictures that inspectPhoto.test.ts draws, too. Run: python3 src/testing/golden/make_inspect.py"""
import json
import pathlib
import numpy as np
from PIL import Image
from scipy.ndimage import convolve

LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
SIDE = 256


def draw(width, height, phase):
    """Whole numbers alone, so that every language draws the same."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    red = (x * 7 + y * 3 + phase) % 256
    green = (x * x // 16 + y * 5 + 2 * phase) % 256
    blue = ((x // 9) * 40 + (y // 7) * 25 + phase) % 256
    return np.stack([red, green, blue], -1).astype(np.uint8)


cases = []
for width, height, phase in ((64, 48, 0), (300, 420, 90), (37, 111, 200), (700, 512, 31)):
    grey = Image.fromarray(draw(width, height, phase)).convert("L")
    small = np.asarray(grey.resize((9, 8), Image.BILINEAR), int)
    bits = (small[:, 1:] > small[:, :-1]).flatten()
    fingerprint = [int("".join("1" if bit else "0" for bit in half), 2) for half in (bits[:32], bits[32:])]
    side = min(SIDE, width, height)
    scale = side / min(width, height)
    size = (side, int(side * height / width)) if width < height else (int(side * width / height), side)
    seen = np.asarray(grey if scale == 1 else grey.resize(size, Image.BILINEAR), float)
    laplacian = convolve(seen, LAPLACIAN)[1:-1, 1:-1]
    facts = {"brightness": seen.mean(), "contrast": seen.std(), "sharpness": laplacian.var()}
    cases.append(
        {"width": width, "height": height, "phase": phase, "fingerprint": fingerprint}
        | {name: round(value, 6) for name, value in facts.items()}
    )
pathlib.Path(__file__).with_name("inspect.json").write_text(json.dumps(cases, indent=1) + "\n")
