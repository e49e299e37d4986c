/** The lines of Python that load exported weights, strictly. */
import { type Architecture, hasFastaiHead, trunkOf } from '../engine/models/meta';

/** Runs with PyTorch, torchvision and safetensors; `model` is then torchvision's network, or one in fastai's layout. */
export function loadingSnippet(arch: Architecture, classes: number): string {
  return (hasFastaiHead(arch) ? FASTAI : TORCHVISION)
    .replaceAll('resnet50', trunkOf(arch))
    .replaceAll('CLASSES', `${classes}`);
}

const TORCHVISION = `from safetensors.torch import load_file
from torchvision.models import resnet50
model = resnet50(num_classes=CLASSES)
model.load_state_dict(load_file("weights.safetensors"), strict=True)`;

/** The trunk by its children's places, and the head that `create_head` makes (fastai/vision/learner.py). */
const FASTAI = `from safetensors.torch import load_file
from torch import cat, nn
from torchvision.models import resnet50

class AdaptiveConcatPool2d(nn.Module):
    def forward(self, x):
        return cat([x.amax((2, 3), keepdim=True), x.mean((2, 3), keepdim=True)], 1)

resnet = resnet50()
width = 2 * resnet.fc.in_features
trunk = nn.Sequential(*list(resnet.children())[:-2])
head = nn.Sequential(
    AdaptiveConcatPool2d(), nn.Flatten(),
    nn.BatchNorm1d(width), nn.Dropout(0.25), nn.Linear(width, 512, bias=False), nn.ReLU(),
    nn.BatchNorm1d(512), nn.Dropout(0.5), nn.Linear(512, CLASSES, bias=False))
model = nn.Sequential(trunk, head)  # in fastai: model = learn.model

places = {name: f"0.{i}" for i, (name, _) in enumerate(resnet.named_children())}
places["head"] = "1"
tensors = {places[key.split(".")[0]] + key[key.index("."):]: value
           for key, value in load_file("weights.safetensors").items()}
model.load_state_dict(tensors, strict=True)`;
