"""What fastai's recipe has besides: its head, whose dropouts fall as in the studio, and its warps of photos."""
from collections import OrderedDict

import torch
import torchvision

MASK, HIDDEN = 0xFFFFFFFF, 512


class ConcatPool(torch.nn.Module):
    """AdaptiveConcatPool2d(1): every channel's largest value, then every channel's mean."""

    def forward(self, x):
        return torch.cat([x.amax((2, 3)), x.mean((2, 3))], 1)


def hashed(words):
    """PCG-RXS-M-XS of 32 bits, of int64 tensors that hold such words."""
    state = words * 747796405 + 2891336453 & MASK
    word = (state >> (state >> 28) + 4 ^ state) * 277803737 & MASK
    return word >> 22 ^ word


class Dropout(torch.nn.Module):
    """Which elements fall depends on the step's seed, the layer and their place in the whole batch alone."""

    def __init__(self, p, layer):
        super().__init__()
        self.p, self.layer, self.seed, self.first_row = p, layer, 0, 0

    def forward(self, x):
        if not self.training:
            return x
        elements = torch.arange(x.numel(), device=x.device).reshape(x.shape) + self.first_row * x.shape[1]
        seed = torch.tensor(self.seed + self.layer & MASK, device=x.device)
        return x * (hashed(elements + hashed(seed) & MASK) >= int(self.p * 2**32)) / (1 - self.p)


def network(name, classes):
    """torchvision's ResNet of that name; where it ends in -fastai, under fastai's `create_head`: `head.N` is `learn.model[1][N]` there."""
    trunk, _, head = name.partition("-")
    model = getattr(torchvision.models, trunk)(num_classes=classes)
    if not head:
        return model
    width, norm = 2 * model.fc.in_features, torch.nn.BatchNorm1d
    linear = lambda inputs, outputs: torch.nn.Linear(inputs, outputs, bias=False)
    layers = [norm(width), Dropout(0.25, 3), linear(width, HIDDEN), torch.nn.ReLU()]
    layers += [norm(HIDDEN), Dropout(0.5, 7), linear(HIDDEN, classes)]
    del model.fc
    model.avgpool = ConcatPool()
    model.head = torch.nn.Sequential(OrderedDict((str(i), layer) for i, layer in enumerate(layers, 2)))
    model.__dict__["fc"] = model.head  # What torchvision's forward calls, without being a part of the network twice.
    return model


def warped(photo, warp):
    """One homography, mirrored at the borders, and one change of light in logit space. uint8 [3, S, S] → float, 0 to 255."""
    matrix, brightness, contrast = warp
    size = photo.shape[1]
    line = torch.linspace(-1, 1, size, dtype=torch.float64)
    places = torch.stack([*torch.meshgrid(line, line, indexing="xy"), torch.ones(size, size, dtype=torch.float64)], -1)
    across, down, depth = (places @ torch.tensor(matrix, dtype=torch.float64).T).unbind(-1)
    grid = torch.stack([across / depth, down / depth], -1)[None]
    image = photo[None].double() / 255
    image = torch.nn.functional.grid_sample(image, grid, "bilinear", "reflection", align_corners=True)[0]
    if brightness != 0 or contrast != 1:
        image = torch.sigmoid((torch.logit(image.clamp(1e-7, 1 - 1e-7)) + brightness) * contrast)
    return (255 * image).float()
