"""Times torchvision's DataLoader on a folder of photos: two workers, RandomResizedCrop(224), flip, ToTensor.

Usage: torchvisionLoader.py FOLDER SIZE BATCH WORKERS EPOCHS; prints JSON. Batches are only taken, not used.
"""

import json
import sys
import time
from pathlib import Path

import torch
import torchvision
from PIL import Image
from torchvision import transforms

PHOTOS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}


class Photos(torch.utils.data.Dataset):
    def __init__(self, folder: str, size: int):
        self.paths = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in PHOTOS)
        self.transform = transforms.Compose(
            [transforms.RandomResizedCrop(size), transforms.RandomHorizontalFlip(), transforms.ToTensor()]
        )

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return self.transform(Image.open(self.paths[index]).convert("RGB"))


def main():
    folder, size, batch, workers, epochs = sys.argv[1], *map(int, sys.argv[2:6])
    loader = torch.utils.data.DataLoader(
        Photos(folder, size), batch_size=batch, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    images = 0
    # The first epoch also starts the workers and fills the disk's cache.
    for _ in loader:
        pass
    started = time.perf_counter()
    for _ in range(epochs):
        for pictures in loader:
            images += len(pictures)
    seconds = time.perf_counter() - started
    print(json.dumps({
        "imagesPerSecond": images / seconds,
        "images": images,
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
    }))


main()
