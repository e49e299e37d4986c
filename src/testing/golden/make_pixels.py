#!/usr/bin/env python3
"""Writes pixels.json: what Pillow, torchvision and PyTorch's grid_sample give for fixed pictures.

    python3 make_pixels.py pixels.json

The other half of make_golden.py, whose `picture` it uses; no data files are needed.
"""
import json
import sys

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from make_golden import picture
from torchvision.transforms import functional as F

BICUBIC = torchvision.transforms.InterpolationMode.BICUBIC


def flat(image):
    return np.asarray(image).flatten().tolist()


def photo(name, width, height):
    return Image.fromarray(picture(name, width, height))


def resampled(name, width, height, top, left, crop_h, crop_w, size):
    """Pillow: crop, then resize with antialiased bicubic."""
    box = (left, top, left + crop_w, top + crop_h)
    return {"picture": name, "width": width, "height": height, "top": top, "left": left, "cropHeight": crop_h,
            "cropWidth": crop_w, "size": size, "pixels": flat(photo(name, width, height).crop(box).resize((size, size), Image.BICUBIC))}


def evaluated(name, width, height, resize, crop):
    """torchvision: Resize(resize, bicubic), then CenterCrop(crop)."""
    t = torchvision.transforms
    out = t.Compose([t.Resize(resize, BICUBIC), t.CenterCrop(crop)])(photo(name, width, height))
    return {"picture": name, "width": width, "height": height, "resize": resize, "crop": crop, "pixels": flat(out)}


def squished(name, width, height, size, resize):
    """fastai's validation: both sides to `resize`, whatever the ratio, then the centre."""
    at = (resize - size) // 2
    out = photo(name, width, height).resize((resize, resize), Image.BILINEAR).crop((at, at, at + size, at + size))
    return {"picture": name, "width": width, "height": height, "size": size, "resize": resize, "pixels": flat(out)}


ADJUST = {"brightness": F.adjust_brightness, "contrast": F.adjust_contrast, "saturation": F.adjust_saturation}


def jittered(name, size, operations):
    """torchvision's ColorJitter on a PIL image, its random numbers given; factors are single precision, as it draws them."""
    out = photo(name, size, size)
    operations = [(kind, float(np.float32(factor))) for kind, factor in operations]
    for kind, factor in operations:
        out = ADJUST[kind](out, factor)
    return {"picture": name, "size": size, "operations": [{"kind": k, "factor": f} for k, f in operations], "pixels": flat(out)}


def shifted(name, width, height, resize, size, left, flip, operations):
    """FixRes' DA2: resize, flip, jitter, crop at the centre's height and `left`."""
    out = F.resize(photo(name, width, height), resize)
    out = F.hflip(out) if flip else out
    operations = [(kind, float(np.float32(factor))) for kind, factor in operations]
    for kind, factor in operations:
        out = ADJUST[kind](out, factor)
    top = int(round((out.height - size) / 2.0))
    out = F.crop(out, top, left, size, size)
    return {"picture": name, "width": width, "height": height, "resize": resize, "size": size, "left": left, "top": top, "flip": flip,
            "operations": [{"kind": k, "factor": f} for k, f in operations], "pixels": flat(out)}


def find_coeffs(p1, p2):
    """The homography from the points p1 to p2, as fastai solves for it."""
    rows = []
    for (x, y), (u, v) in zip(p1, p2):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    solved = torch.linalg.solve(torch.tensor(rows, dtype=torch.float64), torch.tensor(p2, dtype=torch.float64).flatten())
    return torch.cat([solved, torch.ones(1, dtype=torch.float64)]).reshape(3, 3)


def warped(name, size, draw):
    """fastai's AffineCoordTfm and LightingTfm on one square picture, step by step in float64."""
    x = torch.from_numpy(picture(name, size, size)).double().permute(2, 0, 1)[None] / 255
    t = np.pi / 180 * draw["degrees"]
    s = 1 / draw["zoom"]
    eye = np.eye(3)
    eye[0, 0] = -1 if draw["flip"] else 1
    rotate = np.array([[np.cos(t), np.sin(t), 0], [-np.sin(t), np.cos(t), 0], [0, 0, 1]])
    zoom = np.array([[s, 0, (1 - s) * (2 * draw["zoomX"] - 1)], [0, s, (1 - s) * (2 * draw["zoomY"] - 1)], [0, 0, 1]])
    affine = torch.from_numpy((eye @ rotate @ zoom)[:2])[None]
    coords = torch.nn.functional.affine_grid(affine, (1, 3, size, size), align_corners=True)
    a, b = draw["warpX"], draw["warpY"]
    h = find_coeffs([(-1 - b, -1 - a), (-1 + b, 1 + a), (1 + b, -1 + a), (1 - b, 1 - a)], [(-1, -1), (-1, 1), (1, -1), (1, 1)])
    coords = torch.cat([coords, torch.ones(1, size, size, 1, dtype=torch.float64)], -1) @ h.T
    coords = coords[..., :2] / coords[..., 2:]
    y = torch.nn.functional.grid_sample(x, coords, mode="bilinear", padding_mode="reflection", align_corners=True)
    y = y.clamp(1e-7, 1 - 1e-7)
    logit = -torch.log(1 / y - 1)
    y = torch.sigmoid((logit + np.log(draw["brightness"] / (1 - draw["brightness"]))) * draw["contrast"])
    return {"picture": name, "size": size, "draw": draw, "values": [round(float(v), 9) for v in y[0].permute(1, 2, 0).flatten()]}


def main(path):
    jitters = [[("brightness", 1.3), ("contrast", 0.7), ("saturation", 1.21)], [("contrast", 1.27), ("saturation", 0.71), ("brightness", 0.83)],
               [("saturation", 1.3), ("brightness", 1.17), ("contrast", 1.3)], [("contrast", 0.95), ("brightness", 1.05), ("saturation", 1.0)]]
    neutral = {"flip": False, "degrees": 0, "zoom": 1, "zoomX": 0.3, "zoomY": 0.9, "warpX": 0, "warpY": 0, "brightness": 0.5, "contrast": 1}
    golden = {
        "made": {"torch": torch.__version__, "torchvision": torchvision.__version__, "pillow": PIL.__version__},
        "resampled": [resampled("cubic/0", 120, 90, 10, 20, 70, 81, 32), resampled("cubic/1", 60, 50, 3, 5, 13, 11, 32), resampled("cubic/2", 97, 61, 0, 0, 61, 97, 61)],
        "evaluated": [evaluated("cubic/3", 120, 90, 40, 32), evaluated("cubic/4", 50, 70, 64, 32)],
        "squished": [squished("squish/0", 120, 90, 32, 40)],
        "jittered": [jittered(f"jitter/{i}", 24, operations) for i, operations in enumerate(jitters)],
        "shifted": [shifted("shift/0", 90, 60, 36, 32, 17, True, jitters[3]), shifted("shift/1", 90, 61, 37, 32, 4, False, jitters[1])],
        "warped": [warped("warp/0", 24, dict(neutral)), warped("warp/1", 24, dict(neutral, flip=True, degrees=9.5, zoom=1.08)),
                   warped("warp/2", 17, dict(neutral, warpX=0.17, warpY=-0.2, brightness=0.57)),
                   warped("warp/3", 24, {"flip": True, "degrees": -7.25, "zoom": 1.03, "zoomX": 0.1, "zoomY": 0.6, "warpX": -0.19, "warpY": 0.12, "brightness": 0.43, "contrast": 1.21})],
    }
    with open(path, "w") as f:
        json.dump(golden, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
