#!/usr/bin/env python3
"""Goes on with a run of FixRes Studio in one process or in many: baseline, test resolutions, fine-tuning, experiments.

    python3 train.py --data PHOTOS                          one process
    torchrun --nproc_per_node=8 train.py --data PHOTOS      a process a GPU

recipe.json says what is done, worked out by the studio; README.md, what is equal to it and how far. The same command goes on
after a crash, a kill or SIGTERM. Exit codes: 0 done, 1 failed, 2 wrong arguments, 143 stopped by SIGTERM.
"""
import argparse
import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torchvision

import fastai_recipe
import photos
import results
from training import Training, refuse_lone_rows

HERE = Path(__file__).absolute().parent
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SHORT = {"float32": None, "tf32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}


def arguments(given=None):
    parser = argparse.ArgumentParser(description="Goes on with a run of FixRes Studio.")
    parser.add_argument("--data", required=True, help="the folder, .zip or .tar that the studio opened, or a folder of shards")
    parser.add_argument("--rows", default=str(HERE / "split.csv"), help="a table of path,label,split; 'own': as --data itself says")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="results, to be dropped on the studio afterwards")
    parser.add_argument("--steps", help="runs of the recipe, by commas; if not given, those that the studio has left to do")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", choices=["cuda", "cpu"])
    parser.add_argument("--workers", type=int, help="processes a rank that load photos; 0: none")
    parser.add_argument("--norms", default="parts", choices=["parts", "rank0", "average", "sync"], help="see README.md")
    parser.add_argument("--precision", default="float32", choices=list(SHORT), help="of training; tests are in float32")
    parser.add_argument("--channels-last", action="store_true", help="quicker in short precisions on GPUs")
    parser.add_argument("--micro-batch", type=int, help="photos at once, where a rank's rows of a batch do not fit")
    parser.add_argument("--save-every", type=int, default=500, help="steps between checkpoints within an epoch")
    parser.add_argument("--plan", action="store_true", help="says what there is to do, and does nothing")
    options = parser.parse_args(given)
    if options.norms == "sync" and options.device == "cpu":
        parser.error("--norms sync needs GPUs")
    if options.workers is None:
        options.workers = max(1, (os.cpu_count() or 2) // int(os.environ.get("LOCAL_WORLD_SIZE", 1)) - 1)
    return options


class Ranks:
    """This process among all of them; torchrun says which one it is."""

    def __init__(self, kind):
        self.rank, self.local = (int(os.environ.get(name, 0)) for name in ("RANK", "LOCAL_RANK"))
        self.world = int(os.environ.get("WORLD_SIZE", 1))
        self.device = torch.device("cuda", self.local) if kind == "cuda" else torch.device("cpu")
        if kind == "cuda":
            torch.cuda.set_device(self.device)
        if self.world > 1:
            dist.init_process_group("nccl" if kind == "cuda" else "gloo")

    def sum(self, tensor):
        if self.world > 1:
            dist.all_reduce(tensor)
        return tensor

    def wait(self):
        if self.world > 1:
            dist.barrier()

    def gather(self, value):
        """Every rank's, by rank."""
        if self.world == 1:
            return [value]
        values = [None] * self.world
        dist.all_gather_object(values, value)
        return values


class Job:
    """What all runs share: recipe, ranks, photos, the network, and the files of the results."""

    def __init__(self, options, resumes=True):
        self.options, self.ranks = options, Ranks(options.device)
        text = (HERE / "recipe.json").read_bytes()
        self.recipe, self.names = json.loads(text), json.loads((HERE / "labels.json").read_text(encoding="utf-8"))
        self.classes, self.out, self.short = len(self.names), options.out, SHORT[options.precision]
        options.respect_exif = self.recipe["config"]["respectExif"]
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.precision == "tf32"
        self.splits = photos.open_photos(options.data, None if options.rows == "own" else options.rows, self.names)
        self.model = fastai_recipe.network(self.recipe["network"], self.classes).to(self.ranks.device)
        if options.norms == "sync":
            self.model = torch.nn.SyncBatchNorm.convert_sync_batchnorm(self.model)
        if options.channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.tester, self.unreadable = (None, None), []
        self.stopping, self.told_to_stop, self.records = False, False, None
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "told_to_stop", True))
        if resumes:
            self.open_results(hashlib.sha256(text).hexdigest())

    def open_results(self, recipe):
        """Where an earlier process stopped, or the studio did; else the beginning."""
        records, saved = self.out / "records.jsonl", self.out / "checkpoint.pth"
        for folder in (self.out, self.out / "evaluations", self.out / "experiments"):
            folder.mkdir(parents=True, exist_ok=True)
        if saved.exists():
            self.state = results.load(saved)
            if self.state["recipe"] != recipe:
                raise SystemExit(f"{saved} is of another recipe: choose another --out, or delete that folder")
        else:
            told = (HERE / "records.jsonl").stat().st_size
            self.state = {"recipe": recipe, "records": told, "done": [], "run": None}
            self.state.update(results.begun_in_studio(HERE, self.recipe))
            if self.ranks.rank == 0:
                results.take_along(HERE, self.out)
        self.began = time.time() - self.state.get("seconds", 0)
        self.records = results.Records(records, self.state["records"]) if self.ranks.rank == 0 else None
        self.ranks.wait()

    def save(self, training=None):
        """Everything that a new process needs to go on from here. All ranks at once; the first one writes."""
        self.state.update(training=training, seconds=time.time() - self.began)
        if self.records:
            self.state["records"] = self.records.size()
            results.write_whole(self.out / "checkpoint.pth", lambda file: torch.save(self.state, file))
        self.ranks.wait()

    def stop(self):
        self.say({"stopped": "SIGTERM", "checkpoint": str(self.out / "checkpoint.pth")})
        raise SystemExit(143)

    def write(self, record):
        if self.records:
            self.records.tell(record)

    def tell(self, record):
        """A run's own record, written once however often its function begins anew."""
        self.told += 1
        if self.told > self.state["told"]:
            self.state["told"] = self.told
            self.write(record)
            self.save()

    def say(self, line):
        """For machines: one line of JSON on standard output."""
        if self.ranks.rank == 0:
            print(json.dumps(line), flush=True)

    def bar(self, title, steps, batch, first):
        """Progress on standard error: a bar in a terminal, a line now and then in a log."""
        began, terminal, shown = time.time(), sys.stderr.isatty(), [0.0]

        def show(step, loss):
            elapsed = time.time() - began
            if self.ranks.rank or (step < steps and elapsed - shown[0] < (0.2 if terminal else 30)):
                return
            shown[0] = elapsed
            rate = max(1e-9, (step - first) / max(elapsed, 1e-9))
            memory = f", {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB" if self.ranks.device.type == "cuda" else ""
            filled = "#" * (20 * step // steps)
            text = f"{title} [{filled:20}] {step}/{steps}, loss {loss:.4f}, {rate * batch:.0f} images/s, {(steps - step) / rate:.0f} s left{memory}"
            print(f"\r{text}\033[K" if terminal else text, end="\n" if step == steps or not terminal else "", file=sys.stderr, flush=True)

        return show

    def images(self, loaded, spec):
        """Photos on the device, and for each the row that it is: its own, or a neighbour's where it could not be read."""
        pixels, _, reasons = loaded
        read = [i for i, reason in enumerate(reasons) if not reason]
        self.unreadable += [reason for reason in reasons if reason]
        if not read:
            raise SystemExit(f"Not one photo of a batch could be read: {reasons[0]}")
        rows = torch.tensor([max((i for i in read if i <= row), default=read[0]) for row in range(len(reasons))])
        images = pixels[rows].to(self.ranks.device, non_blocking=True).float() / 255
        if spec.get("normalize"):
            images = torchvision.transforms.functional.normalize(images, MEAN, STD)
        return images.contiguous(memory_format=torch.channels_last) if self.options.channels_last else images, rows

    @torch.no_grad()
    def measure(self, model, view):
        """All validation photos in a view, each rank a part of them: scores, answers and activations, on every rank."""
        began, split, ranks = time.time(), self.splits["validation"], self.ranks
        if self.tester[0] != view:
            self.tester = (view, photos.Loader(split, view, 0, self.options))
        part, size = -(-len(split) // ranks.world), max(1, self.recipe["config"]["batchSize"] // ranks.world)
        mine = range(ranks.rank * part, min((ranks.rank + 1) * part, len(split)))
        batches = [[(0, i) for i in mine[at : at + size]] for at in range(0, len(mine), size)]
        histogram, logits, indices = results.Histogram(ranks.device), [np.zeros((0, self.classes), np.float32)], []
        counting = model.avgpool.register_forward_hook(lambda _, given, pooled: histogram.add(pooled))
        model.eval()
        for loaded in self.tester[1].load(batches) if batches else []:
            read = [i for i, reason in enumerate(loaded[2]) if not reason]
            self.unreadable += [reason for reason in loaded[2] if reason]
            if read:
                images, _ = self.images((loaded[0][read], None, [""] * len(read)), view)
                logits.append(model(images).float().cpu().numpy())
                indices += loaded[1][read].tolist()
        counting.remove()
        parts = ranks.gather((np.concatenate(logits), indices, histogram.counts(), self.unreadable))
        self.unreadable = []
        for reason in (reason for *_, reasons in parts for reason in reasons):
            self.write({"kind": "unreadable", "path": reason.split(": ")[0], "reason": reason})
        logits, indices = np.concatenate([one[0] for one in parts]), np.array([i for one in parts for i in one[1]], np.int64)
        score = results.score_of(logits, split.labels[indices])
        counts = sum(one[2] for one in parts)
        return {"view": view, "score": score, "logits": logits, "indices": indices, "counts": counts, "seconds": time.time() - began}

    def evaluation_file(self, name, view):
        return self.out / "evaluations" / f"{name}-{view['resize']}-{view['crop']}.safetensors"

    def evaluate(self, name, view):
        """Weights by name in a view; from its file if that was done before."""
        path = self.evaluation_file(name, view)
        known = results.read_evaluation(path) if path.exists() else None
        self.ranks.wait()
        if known:
            return known
        self.model.load_state_dict(self.weights(name)[0])
        evaluation = self.measure(self.model, view)
        if self.ranks.rank == 0:
            results.write_evaluation(path, evaluation, {"weights": name})
        self.say({"evaluated": name, "resize": view["resize"], "crop": view["crop"], **evaluation["score"]})
        if any(self.ranks.gather(self.told_to_stop)):
            self.save(self.state["training"])
            self.stop()
        return evaluation

    def weights(self, name):
        """A state dict and its history: what a run here has kept, or the studio, or what all begins with."""
        path = self.out / f"{name}.safetensors"
        tensors, metadata = results.read_safetensors(path if path.exists() else HERE / f"{name}.safetensors")
        return tensors, json.loads(metadata.get("history", "[]"))

    def trunk(self):
        """What test resolutions and fine-tuning work on: the baseline, or opened weights where there is none."""
        places = (self.out / "baseline.safetensors", HERE / "baseline.safetensors")
        return "baseline" if any(path.exists() for path in places) else "start"

    def train(self, plan, name, start, tell_of_kept=lambda kept: None):
        """Weights called `name` from those called `start`; what was kept of them. Trained once."""
        if name not in self.state["trained"]:
            tensors, self.history = self.weights(start)
            self.storing, self.tell_of_kept = name, tell_of_kept
            Training(self, plan, tensors, self.state["training"]).run()
            self.state["trained"].append(name)
            self.save()
        return self.evaluate(name, plan["test"])

    def store(self, kept):
        """Weights that are worth keeping, with all that made them, and their evaluation."""
        if self.ranks.rank == 0:
            self.write_weights(self.storing, kept["state"], self.history, kept["origin"], kept["evaluation"])

    def write_weights(self, name, tensors, history, origin, evaluation):
        run, told = self.state["header"], self.recipe["dataset"]
        link = {"run": run["run"], "name": origin, "madeAt": run["startedAt"], "config": run["config"]}
        link["data"] = {**{key: told[key] for key in ("name", "trainCount", "validationCount")}, "classes": self.names}
        view = evaluation and results.test_view(evaluation["view"], run["config"])
        history = [*history, {**link, "view": view, "score": evaluation and evaluation["score"]}]
        metadata = {"format": "pt", "arch": self.recipe["network"], "classes": json.dumps(self.names), "producer": "FixRes Studio"}
        metadata.update(origin=origin, config=json.dumps(run["config"]), history=json.dumps(history))
        metadata.update({"view": json.dumps(view)} if view else {})
        results.write_safetensors(self.out / f"{name}.safetensors", tensors, metadata)
        if evaluation:
            results.write_evaluation(self.evaluation_file(name, evaluation["view"]), evaluation, {"weights": name})

    def hits(self, evaluation):
        """Which validation photos are classified right; those that could not be read are not."""
        labels, right = self.splits["validation"].labels, np.zeros(len(self.splits["validation"]), bool)
        indices = evaluation["indices"]
        right[indices] = evaluation["logits"].argmax(1) == labels[indices]
        return right

    def do(self, run):
        """A run from its beginning, or from where it was interrupted, to its end."""
        if self.state["run"] != run["run"]:
            started = results.now()
            header = {"run": run["run"], "config": self.recipe["config"], "size": run["size"], "startedAt": started}
            header["size"] = header["size"] or self.best_size()
            self.state.update(run=run["run"], header=header, told=0, trained=[], training=None)
            self.began = time.time()
            self.write({"kind": "run", "id": f"{run['run']} {started}", **header})
        self.told = 0
        {"baseline": baseline, "sweep": sweep, "finetune": finetune}.get(run["run"], experiment)(self, run)
        self.write({"kind": "end", "ended": "done", "seconds": time.time() - self.began})
        self.state.update(run=None, done=self.state["done"] + [run["run"]])
        self.save()

    def best_size(self):
        """The most accurate size of the sweep, here or in the studio; of equals the smallest."""
        runs = results.folded(self.out / "records.jsonl") if self.ranks.rank == 0 else {}
        points = self.ranks.gather(runs.get("sweep", {}).get("points") or self.recipe["swept"])[0]
        if not points:
            raise SystemExit("The best size is not known yet: --steps sweep,finetune measures it first")
        return max(points, key=lambda point: (point["accuracy"], -point["size"]))["size"]


def baseline(job, run):
    """The network trained from its starting weights at one resolution."""
    job.train(run["training"], "baseline", "start")


def sweep(job, run):
    """The same weights at several test resolutions, the baseline's own view first."""
    name, labels, before, reference = job.trunk(), job.splits["validation"].labels, None, None
    for view in (run["own"], *run["views"]):
        one = job.evaluate(name, view)
        standard = before is None or (view["crop"] == run["trained"] and reference is before)
        distance = None if standard else results.distance_of(one["counts"], reference["counts"], reference["view"]["crop"])
        point = {**one["score"], "size": view["crop"], "resize": view["resize"], "distance": distance}
        point["activations"] = results.activations_of(one["counts"], view["crop"])
        point["classes"] = results.class_accuracies(one["logits"].argmax(1), labels[one["indices"]], job.classes)
        point["changed"] = before and results.changed(job.hits(before), job.hits(one))
        job.tell({"kind": "sweepPoint", "reference": before is None, "point": {**point, "seconds": one["seconds"]}})
        before, reference = before or one, one if standard else reference


def finetune(job, run):
    """FixRes: classifier and last batch norm's statistics learn the best test resolution; all else stays as it is."""
    plan, name = run["bySize"][str(job.state["header"]["size"])], job.trunk()
    before, reference, own = (job.evaluate(name, view) for view in (plan["test"], run["trained"], run["own"]))

    def tell(kept):
        after = kept["evaluation"]
        three = {"after": after, "before": before, "reference": reference}
        activations = {key: results.activations_of(one["counts"], one["view"]["crop"]) for key, one in three.items()}
        distance = lambda one: results.distance_of(one["counts"], reference["counts"], reference["view"]["crop"])
        job.write({"kind": "shift", "shift": {**activations, "beforeDistance": distance(before), "afterDistance": distance(after)}})
        against = lambda one: {"score": one["score"], "changed": results.changed(job.hits(one), job.hits(after))}
        job.write({"kind": "gain", "gain": {"sameView": against(before), "ownView": against(own)}})

    job.train(plan, "finetune", name, tell)


def experiment(job, run):
    """Lines of a table: weights measured as they are, or trained for it, each against an earlier line."""
    measured = []
    for line in run["lines"]:
        names = [job.trunk() if name == "trunk" else name for name in (line["weights"], line["from"])]
        train = line["training"]
        one = job.train(train, names[0], names[1]) if train else None
        one = job.evaluate(names[0], line["view"]) if one is None or line["view"] != train["test"] else one
        against = None if line["against"] is None else measured[line["against"]]
        row = {**line["row"], "score": one["score"], "changed": against and results.changed(job.hits(against), job.hits(one))}
        job.tell({"kind": "row", "row": row})
        measured.append(one)


def finish(job):
    """metrics.json and predictions.csv of the best weights so far."""
    if job.ranks.rank:
        return
    runs, found = results.folded(job.out / "records.jsonl"), {}
    for slot in ("baseline", "finetune"):
        if (job.out / f"{slot}.safetensors").exists():
            found[slot] = job.weights(slot)[1]
    accuracy = lambda slot: (found[slot][-1]["score"] or {}).get("accuracy", -1)
    slot = max(reversed(list(found)), key=accuracy, default=None)
    results.write_results(job, runs, slot, found.get(slot))


def main():
    options = arguments()
    job = Job(options)
    by_name = {run["run"]: run for run in job.recipe["runs"]}
    wanted = options.steps.split(",") if options.steps else job.recipe["left"]
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        sys.exit(f"--steps: the recipe has no {', '.join(unknown)}; it has {', '.join(by_name)}")
    runs = [by_name[name] for name in wanted if name not in job.state["done"]]
    if job.ranks.rank == 0:
        results.print_plan(job, runs)
    for plan in (plan for run in runs for plan in results.trainings_of(run)):
        refuse_lone_rows(job, plan)
    if not options.plan:
        for run in runs:
            job.do(run)
        finish(job)
        job.say({"done": [run["run"] for run in runs], "results": str(job.out)})
    if job.ranks.world > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
