"""Writes classMap.json: a rectified map under global average pooling and a linear layer, and for each class what HiResCAM makes of it
with torch's own gradients. Run: python3 src/testing/golden/make_class_map.py"""
import json
import pathlib
import torch

torch.manual_seed(7)
CHANNELS, HEIGHT, WIDTH, CLASSES = 4, 3, 5, 3
activations = torch.randn(1, CHANNELS, HEIGHT, WIDTH, dtype=torch.float64).relu().requires_grad_()
linear = torch.nn.Linear(CHANNELS, CLASSES).double()
logits = linear(torch.nn.functional.adaptive_avg_pool2d(activations, 1).flatten(1))


def rounded(tensor):
    return [round(value, 9) for value in tensor.flatten().tolist()]


classes = []
for k in range(CLASSES):
    (gradient,) = torch.autograd.grad(logits[0, k], activations, retain_graph=True)
    # Times the places: each adds its value's share to the logit, which is their mean.
    cam = (gradient * activations).sum(1) * HEIGHT * WIDTH
    classes.append({"map": rounded(cam), "logit": round(logits[0, k].item(), 9)})
fixture = {
    "torch": torch.__version__,
    "width": WIDTH,
    "height": HEIGHT,
    # [height, width, channels]
    "activations": rounded(activations[0].permute(1, 2, 0)),
    # [classes, channels]
    "weights": rounded(linear.weight),
    "biases": rounded(linear.bias),
    "classes": classes,
}
pathlib.Path(__file__).with_name("classMap.json").write_text(json.dumps(fixture) + "\n")
