"""Writes sgd.json: parameters after three steps of torch.optim.SGD with momentum and weight decay, lr divided by ten
before the third, as StepLR does. Run: python3 src/testing/golden/make_sgd.py"""
import json
import pathlib
import torch

START = [1.0, -0.5, 0.0, 2.0]
GRADIENTS = [[0.1, -0.2, 0.0, 1e-6], [0.05, 0.3, 0.0, -1e-6], [-0.4, 0.1, 0.5, 1e-6]]
CONFIG = dict(lr=0.1, momentum=0.9, weight_decay=1e-4)

parameter = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
optimiser = torch.optim.SGD([parameter], **CONFIG)
schedule = torch.optim.lr_scheduler.StepLR(optimiser, step_size=2, gamma=0.1)
steps = []
for gradient in GRADIENTS:
    parameter.grad = torch.tensor(gradient, dtype=torch.float64)
    optimiser.step()
    schedule.step()
    steps.append([round(value, 12) for value in parameter.tolist()])
text = json.dumps({"torch": torch.__version__, "start": START, "gradients": GRADIENTS, "steps": steps}, indent=2)
pathlib.Path(__file__).with_name("sgd.json").write_text(text + "\n")
