"""Writes wholePhotos.json: what torchvision's Resize makes of photos that are not square, and what a ResNet-18 with the weights of make_golden.py
says of them, whole. Run: python3 src/testing/golden/make_whole_photos.py"""
import hashlib
import json
import pathlib
import torch
import torchvision
from make_golden import make
from make_pixels import photo

t = torchvision.transforms


def whole(name, width, height, resize):
    picture = t.Resize(resize)(photo(name, width, height))
    x = t.ToTensor()(picture)[None]
    with torch.no_grad():
        exact = make("resnet18", torch.float64).eval()(x.double())
        single = make("resnet18", torch.float32).eval()(x)
    return {"picture": name, "width": width, "height": height, "resize": resize, "outWidth": picture.width, "outHeight": picture.height,
            # RGB, row by row.
            "sha256": hashlib.sha256(picture.tobytes()).hexdigest(),
            "logits": [float(f"{value:.9g}") for value in exact[0].tolist()],
            "noise": float((exact - single.double()).abs().max())}


photos = [whole("whole/0", 120, 90, 64), whole("whole/1", 70, 110, 64), whole("whole/2", 131, 57, 45)]
fixture = {"torch": torch.__version__, "photos": photos}
pathlib.Path(__file__).with_name("wholePhotos.json").write_text(json.dumps(fixture) + "\n")
