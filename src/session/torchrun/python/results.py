"""What a run comes to, in the studio's own words: records.jsonl, metrics.json, weights and predictions that it opens again."""
import csv
import datetime
import json
import math
import os
import re
import struct
from pathlib import Path

import numpy as np
import torch

BINS, PER_UNIT, CDF_POINTS = 65536, 4096, 240
KINDS = {"F32": torch.float32, "I64": torch.int64, "F64": torch.float64}


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def write_whole(path, content):
    """A file is the old one or the new one, whatever happens meanwhile."""
    part = Path(f"{path}.part")
    with open(part, "wb") as file:
        content(file) if callable(content) else file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def write_safetensors(path, tensors, metadata):
    """The format is a length, a JSON header and the tensors' bytes: no library is needed."""
    names = {dtype: name for name, dtype in KINDS.items()}
    header, parts, at = {"__metadata__": {key: str(value) for key, value in metadata.items()}}, [], 0
    for key, tensor in tensors.items():
        data = tensor.detach().cpu().contiguous().numpy().tobytes()
        header[key] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    write_whole(path, b"".join([struct.pack("<Q", len(text)), text, *parts]))


def read_safetensors(path):
    """Tensors by name, and the metadata."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    read = lambda one: torch.frombuffer(data[slice(*one["data_offsets"])], dtype=KINDS[one["dtype"]])
    return {key: read(one).reshape(one["shape"]).clone() for key, one in header.items()}, metadata


def score_of(logits, labels):
    """Mean cross entropy in nats, accuracy, and how many classes are named at all."""
    rows = logits.astype(np.float64)
    predicted = rows.argmax(1)
    top = rows[np.arange(len(rows)), predicted]
    losses = np.log(np.exp(rows - top[:, None]).sum(1)) - (rows[np.arange(len(rows)), labels] - top)
    correct, named = int((predicted == labels).sum()), len(np.unique(predicted))
    loss = float(losses.mean())
    return {"loss": loss, "accuracy": correct / len(rows), "correct": correct, "count": len(rows), "named": named}


class Histogram:
    """Pooled activations in bins of 1/4096, on the GPU until all are counted."""

    def __init__(self, device):
        self.bins = torch.zeros(BINS, dtype=torch.float64, device=device)
        self.rest = torch.zeros(6, dtype=torch.float64, device=device)

    def add(self, pooled):
        values = pooled.double().flatten()
        inside = values[(values != 0) & (values < BINS / PER_UNIT)]
        self.bins += torch.bincount((inside * PER_UNIT).long(), minlength=BINS).double()
        beyond = values[values >= BINS / PER_UNIT]
        counted = [(values == 0).sum(), len(beyond), (values > 2).sum(), values.sum(), beyond.sum(), len(values)]
        self.rest += torch.stack([torch.as_tensor(one, dtype=torch.float64, device=values.device) for one in counted])

    def counts(self):
        return torch.cat([self.bins, self.rest]).cpu()


def activations_of(counts, size):
    """A histogram in the words of the studio's charts: shares, mean, and the cumulative distribution."""
    bins, (zeros, _, above, total, _, count) = counts[:BINS].numpy(), counts[BINS:].tolist()
    below = zeros + np.cumsum(bins)
    reached = np.nonzero(below >= 0.999 * count)[0]
    last = 0 if zeros >= 0.999 * count else (int(reached[0]) + 1 if len(reached) else BINS)
    stride = max(1, math.ceil(last / CDF_POINTS))
    edges = range(stride - 1, min(BINS, last + stride), stride)
    cdf = [{"x": 0, "p": zeros / count}] + [{"x": (i + 1) / PER_UNIT, "p": below[i] / count} for i in edges]
    shares = {"zeroFraction": zeros / count, "aboveTwoFraction": above / count, "mean": total / count}
    return {"size": size, "count": int(count), **shares, "cdf": cdf}


def distance_of(counts, reference, size):
    """Kolmogorov-Smirnov and Wasserstein-1 of two histograms; the reference was seen at `size` px."""
    share = lambda one: np.concatenate([[0], np.cumsum(one[:BINS].numpy())]) / one[-1].item() + one[BINS].item() / one[-1].item()
    difference = share(reference) - share(counts)
    a, b = difference[:-1], difference[1:]
    spread = np.where(a == b, 1, np.abs(a - b))
    area = np.where(a * b >= 0, np.abs(a + b) / 2, (a * a + b * b) / (2 * spread)).sum() / PER_UNIT
    excess = lambda one: (one[BINS + 4].item() - one[BINS + 1].item() * BINS / PER_UNIT) / one[-1].item()
    return {"ks": float(np.abs(difference).max()), "w1": float(area + abs(excess(reference) - excess(counts))), "from": size}


def changed(before, after):
    """Photos that only the second, and only the first, gets right; McNemar's exact test, two-sided."""
    won, lost = int((after & ~before).sum()), int((before & ~after).sum())
    n, few = won + lost, min(won, lost)
    if 2 * few == n:
        return {"won": won, "lost": lost, "p": 1}
    terms = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2) for k in range(few + 1)]
    return {"won": won, "lost": lost, "p": min(1, 2 * sum(map(math.exp, terms)))}


def class_accuracies(predicted, labels, classes):
    """None for classes without photos."""
    right, count = (np.bincount(some, minlength=classes) for some in (labels[predicted == labels], labels))
    return [right[k] / count[k] if count[k] else None for k in range(classes)]


FORMULA = re.compile(r"'*(?:[=@\t\r]|[+-].*[^\w.-])", re.ASCII | re.DOTALL)


def marked(name):
    """With a quote before what a spreadsheet would take for a formula."""
    return f"'{name}" if FORMULA.match(name) else name


def write_predictions(path, names, labels, logits, classes, view):
    """The studio's predictions.csv."""
    rows = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
    rows /= rows.sum(1, keepdims=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image_id", "label", "predicted", *map(marked, classes), "view"])
        for i, row in enumerate(rows):
            writer.writerow([marked(names[i]), labels[i], row.argmax(), *(f"{p:.6f}" for p in row), view])


class Records:
    """records.jsonl: what the studio's runs say, line by line. Lines behind the last checkpoint are taken back."""

    def __init__(self, path, size):
        self.path = path
        self.file = open(path, "ab")
        self.file.truncate(size)
        self.file.seek(size)

    def tell(self, record):
        self.file.write(json.dumps(record, allow_nan=False).encode() + b"\n")

    def size(self):
        """All of it is on disk when this returns."""
        self.file.flush()
        os.fsync(self.file.fileno())
        return self.file.tell()


def folded(path):
    """Runs by kind as metrics.json has them, from their records."""
    runs, run = {}, None
    for line in open(path, encoding="utf-8"):
        record = json.loads(line)
        kind = record["kind"]
        if kind == "run":
            run = runs[record["run"]] = {
                **{key: record[key] for key in ("id", "run", "config", "startedAt")},
                **{"resolvedSize": record["size"], "ended": "running", "error": None, "seconds": None, "epochs": []},
                **{"points": [], "rows": [], "rates": [], "unreadable": [], "reference": None, "recommendation": None},
                **{"shift": None, "gain": None, "evaluation": None, "heldOut": None, "suggestedRates": None, "copies": None},
            }
        elif kind == "end":
            run.update(ended=record["ended"], seconds=record["seconds"])
        elif kind == "epoch":
            run["epochs"].append(record["record"])
        elif kind == "sweepPoint" and record["reference"]:
            run["reference"] = record["point"]
        elif kind == "sweepPoint":
            run["points"] = sorted(run["points"] + [record["point"]], key=lambda point: point["size"])
        elif kind == "row":
            run["rows"].append({**record["row"], "trained": run["epochs"]})
            run["epochs"] = []
        elif kind == "unreadable":
            run["unreadable"].append(record["reason"])
        elif kind in ("shift", "gain", "recommendation"):
            run[kind] = record[kind]
    return runs


def write_metrics(path, recipe, runs, weights, predictions, about):
    """metrics.json by the studio's schema; `weights` as {slot, arch, classes, origin, history, view, temperature}."""
    metrics = {
        **{"format": "fixres-studio-metrics", "version": 2, "writtenAt": now(), "config": recipe["config"]},
        **{"dataset": recipe["dataset"], "environment": {"adapter": None, "browser": about}, "weights": weights},
        **{"exports": [], "runs": runs, "apparentAccuracy": None, "seeds": None, "steps": [], "predictions": predictions},
    }
    write_whole(path, json.dumps(metrics, indent=2, allow_nan=False).encode() + b"\n")


def load(path):
    """A checkpoint of ours, which holds more than tensors."""
    try:
        return torch.load(path, map_location="cpu", weights_only=False)
    except TypeError:  # Before torch 1.13.
        return torch.load(path, map_location="cpu")


def take_along(folder, out):
    """What the studio has done before: its records, and its weights, so that `out` is complete."""
    for name in ("records.jsonl", "baseline.safetensors", "finetune.safetensors"):
        if (folder / name).exists():
            write_whole(out / name, (folder / name).read_bytes())


def begun_in_studio(folder, recipe):
    """A training that the studio has begun: weights, its optimiser's moments, and where it stands. Empty if there is none."""
    begun = recipe["begun"]
    if not begun:
        return {}
    tensors, _ = read_safetensors(folder / "begun.safetensors")
    of = lambda kind: {key[len(kind) + 1 :]: one for key, one in tensors.items() if key.startswith(f"{kind}/")}
    training = {"at": begun["at"], "averaged": begun["averaged"], "steps": begun["steps"], "model": of("network")}
    training.update(moments=[of("moment0"), of("moment1")] if begun["steps"] else [], average=of("average"), kept=None)
    if begun["kept"]:
        training["kept"] = {"state": of("kept"), "origin": begun["kept"], "evaluation": None}
    started = {"header": begun["header"], "told": 0, "trained": [], "seconds": begun["seconds"]}
    return {"run": begun["header"]["run"], "training": training, **started}


def write_evaluation(path, evaluation, metadata):
    """Answers for every validation photo [n, K], which photos those are, and the activations' histogram."""
    tensors = {"logits": torch.from_numpy(evaluation["logits"]), "indices": torch.from_numpy(evaluation["indices"])}
    metadata = {**metadata, "seconds": evaluation["seconds"]}
    metadata.update({key: json.dumps(evaluation[key]) for key in ("view", "score")})
    write_safetensors(path, {**tensors, "activations": evaluation["counts"]}, metadata)


def read_evaluation(path):
    tensors, metadata = read_safetensors(path)
    plain = {"view": json.loads(metadata["view"]), "score": json.loads(metadata["score"]), "seconds": float(metadata["seconds"])}
    return {**plain, "logits": tensors["logits"].numpy(), "indices": tensors["indices"].numpy(), "counts": tensors["activations"]}


def test_view(view, config):
    """A view with all that it depends on besides the photo, as the studio's files have it."""
    plain = {"filter": "bilinear", "normalize": False, "squish": False}
    own = {key: view.get(key, start) for key, start in plain.items()}
    return {"resize": view["resize"], "crop": view["crop"], **own, "respectExif": config["respectExif"], "cacheSide": 0}


def write_results(job, runs, slot, history):
    """metrics.json, and predictions.csv of the weights `slot` in the view that they were measured in."""
    weights = predictions = None
    if slot:
        last, split = history[-1], job.splits["validation"]
        arch, view = last["config"]["arch"], last["view"]
        weights = {"slot": slot, "arch": arch, "classes": job.names, "origin": last["name"], "history": history, "view": view}
        weights["temperature"] = last.get("temperature")
        path = view and job.evaluation_file(slot, view)
        if path and path.exists():
            one = read_evaluation(path)
            names = [Path(split.names[i]).name for i in one["indices"]]
            shown = (f"resize {view['resize']}, " if view["resize"] else "") + f"centre crop {view['crop']}"
            write_predictions(job.out / "predictions.csv", names, split.labels[one["indices"]], one["logits"], job.names, shown)
            predictions = {**view, "size": view["crop"], "view": view, **one["score"], "temperature": None}
    about = f"torch {torch.__version__}, {job.ranks.world} x {job.ranks.device.type}, norms: {job.options.norms}"
    write_metrics(job.out / "metrics.json", job.recipe, runs, weights, predictions, about)


def trainings_of(run):
    """All that a run may train."""
    own = [run["training"]] if "training" in run else [line["training"] for line in run.get("lines", []) if line["training"]]
    return own + list(run.get("bySize", {}).values())


def plan_of(job, runs):
    """What there is to do: (run, what, epochs, steps, images)."""
    train, tests = len(job.splits["train"]), len(job.splits["validation"])
    for run in runs:
        # Fine-tuning is trained at one of its sizes.
        plans = trainings_of(run)[: 1 if "bySize" in run else None]
        views = len(run.get("views", [])) + len(run.get("lines", [])) + (1 if "own" in run else 0)
        each = [(sum(stage["epochs"] for stage in plan["stages"]), -(-train // plan["batchSize"])) for plan in plans]
        epochs, steps = sum(epochs for epochs, _ in each), sum(epochs * steps for epochs, steps in each)
        yield run["run"], epochs, steps, epochs * train, (epochs + views) * tests


def print_plan(job, runs):
    """Before anything is done; what it will take is said as soon as the first steps have been timed."""
    print(f"{job.recipe['network']}, {job.classes} classes, {len(job.splits['train'])} photos train, "
          f"{len(job.splits['validation'])} validate, {job.ranks.world} x {job.ranks.device.type}", flush=True)
    for run, epochs, steps, trained, tested in plan_of(job, runs):
        print(f"  {run}: {epochs} epochs, {steps} steps, {trained} photos to train on, {tested} to test on", flush=True)
