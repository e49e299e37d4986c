"""In a folder that was handed over: the baseline's first steps in float32 and in float64, every gradient beside the studio's.

    python3 elsewhere.py STUDIO --data PHOTOS       STUDIO: a folder of gradients-1.safetensors, gradients-2.safetensors, …

Prints JSON: losses, and of each step the gradients that are farthest from float64's, with how far PyTorch's own float32 is.
"""
import json
import sys
import time
from pathlib import Path

import torch

import results
from train import Job, arguments
from training import Training

# As golden values are judged: ten times the noise of PyTorch's own float32, or this much, relative, whichever is larger.
LEAST = 1e-4


def steps_of(dtype, options):
    """Loss and gradients by key of each step."""
    job, found = Job(options, resumes=False), []
    job.save = lambda training=None: None
    job.model.to(dtype)
    images = job.images
    job.images = lambda loaded, spec: (lambda photos, rows: (photos.to(dtype), rows))(*images(loaded, spec))
    plan = next(run["training"] for run in job.recipe["runs"] if run["run"] == "baseline")
    training = Training(job, plan, job.weights("start")[0], None)
    training.began, take = time.time(), training.take_step

    def told(*given):
        numbers = take(*given)
        gradients = {key: one.grad.double().clone() for key, one in training.model.named_parameters()}
        found.append((numbers[0].item(), gradients))
        return numbers

    training.take_step = told
    training.train_epoch()
    return found


def relative(one, exact):
    return float((one - exact).norm() / exact.norm().clamp(min=1e-30))


def main():
    studio, options = Path(sys.argv[1]), arguments(sys.argv[2:])
    single, exact = steps_of(torch.float32, options), steps_of(torch.float64, options)
    steps = []
    for number, ((loss, here), (true_loss, true)) in enumerate(zip(single, exact), 1):
        ours, _ = results.read_safetensors(studio / f"gradients-{number}.safetensors")
        if ours.keys() != true.keys():
            sys.exit(f"Step {number}: gradients of {sorted(ours.keys() ^ true.keys())} are on one side alone")
        rows = [(key, relative(ours[key].double(), true[key]), relative(here[key], true[key])) for key in true]
        excess = lambda row: row[1] / max(10 * row[2], LEAST)
        key, error, noise = max(rows, key=excess)
        worst = {"key": key, "error": error, "torchFloat32": noise, "ofAllowed": excess((key, error, noise))}
        steps.append({"loss": {"float32": loss, "float64": true_loss}, "gradients": len(rows), "worst": worst})
    print(json.dumps(steps))


main()
