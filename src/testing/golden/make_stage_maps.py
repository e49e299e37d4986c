"""Writes stageMaps.json: HiResCAM of a class at the end of each stage of torchvision's ResNets with the weights of make_golden.py, and of one
under fastai's head with those of make_fastai.py, by torch's own gradients. Run: python3 src/testing/golden/make_stage_maps.py"""
import json
import pathlib
import torch
import make_fastai
from make_golden import images, make

SIZE, LABEL, STAGES = 64, 2, 4


def maps(arch, name, dtype):
    model, seen = make_fastai.make(dtype) if arch.endswith("-fastai") else make(arch, dtype), {}
    model.eval()
    for module in model.modules():
        if isinstance(module, make_fastai.Dropout):
            module.p = 0
    for stage in range(1, STAGES + 1):
        getattr(model, f"layer{stage}").register_forward_hook(lambda m, i, o, stage=stage: seen.update({stage: o}))
    logits = model(images(name, 1, SIZE).to(dtype))
    out = []
    for stage in range(1, STAGES + 1):
        (gradient,) = torch.autograd.grad(logits[0, LABEL], seen[stage], retain_graph=True)
        height, width = gradient.shape[2:]
        # Times the places: at the last stage each adds its value's share to the logit, which is their mean.
        out.append((gradient * seen[stage]).sum(1)[0].detach() * height * width)
    return out


def networks():
    for arch in ("resnet18", "resnet50", "resnet18-fastai"):
        name = f"stages/{arch}"
        exact, single = maps(arch, name, torch.float64), maps(arch, name, torch.float32)
        yield {"arch": arch, "input": name, "stages": [
            {"stage": i + 1, "width": e.shape[1], "height": e.shape[0],
             "map": [float(f"{value:.9g}") for value in e.flatten().tolist()],
             # Of torch's own float32, relative in l2 norm.
             "noise": float((e - s.double()).norm() / e.norm())} for i, (e, s) in enumerate(zip(exact, single))]}


fixture = {"torch": torch.__version__, "size": SIZE, "label": LABEL, "networks": list(networks())}
pathlib.Path(__file__).with_name("stageMaps.json").write_text(json.dumps(fixture) + "\n")
