"""Update rules beside torch's own, and learning rate and momentum as functions of progress."""
import math

import torch

# torch.optim's names of what an optimiser keeps, in the order of the studio's.
ADAM = ("exp_avg", "exp_avg_sq")
MOMENTS = {"adamw": ADAM, "fastai": ADAM, "sgd": ("momentum_buffer",), "lion": ("exp_avg",)}


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                moment = self.state[p].setdefault("exp_avg", torch.zeros_like(p))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(torch.sign(moment.lerp(p.grad, 1 - group["betas"][0])), alpha=-group["lr"])
                moment.lerp_(p.grad, 1 - group["betas"][1])


def optimiser_of(model, stage):
    """Over the stage's groups alone: what is frozen is neither stepped nor decayed."""
    parameters, kind = dict(model.named_parameters()), stage["optimiser"]["kind"]
    groups = [
        {"params": [parameters[key] for key in group["keys"]], "weight_decay": stage["weightDecay"] * group["weightDecay"]}
        for group in stage["groups"]
    ]
    if kind == "sgd":
        return torch.optim.SGD(groups, lr=stage["lr"], momentum=stage["optimiser"].get("momentum", 0.9))
    if kind == "fastai":
        return torch.optim.AdamW(groups, lr=stage["lr"], betas=(0.9, 0.99), eps=1e-5)
    return {"adamw": torch.optim.AdamW, "lion": Lion}[kind](groups, lr=stage["lr"])


def rates_at(schedule, progress):
    """What the learning rate is multiplied by, and momentum or None; `progress`: steps done, as a share of the stage's."""
    if schedule["kind"] == "oneCycle":
        cycle = lambda start, middle, end: cosine_through(start, middle, end, schedule["rising"], progress)
        return cycle(1 / schedule["div"], 1, 1e-5), cycle(0.95, 0.85, 0.95)
    if schedule["kind"] == "step":
        done = math.floor(progress * schedule["epochs"] + 1e-9)
        return 0.1 ** math.floor(schedule["parts"] * done / schedule["epochs"]), None
    if schedule["kind"] == "cosine":
        warm_up = schedule["warmUp"]
        if progress < warm_up:
            return 0.01 + 0.99 * progress / warm_up, None
        return cosine(1, 0, (progress - warm_up) / (1 - warm_up)), None
    return 1, schedule.get("momentum")


def cosine_through(start, middle, end, rising, progress):
    if progress < rising:
        return cosine(start, middle, progress / rising)
    return cosine(middle, end, (progress - rising) / (1 - rising))


def cosine(start, end, share):
    return start + (1 + math.cos(math.pi * (1 - share))) * (end - start) / 2
