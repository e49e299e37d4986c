"""One training: epochs over all ranks, each followed by a test; the best weights are kept, by strict > as in the studio."""
import contextlib
import copy
import math
import time

import numpy as np
import torch
from torch.nn.parallel import DistributedDataParallel

import fastai_recipe
import optimisers
import photos
import views

SMOOTHING = 0.98  # Of the training loss that fastai shows: a moving average of the batches' losses.
IN_FLIGHT = 2  # Steps whose numbers are still on the GPU: waiting for each would leave it idle.
GradScaler = getattr(torch.amp, "GradScaler", None) or torch.cuda.amp.GradScaler


def mixed(photos_, partners, mixing):
    """Mixup over the whole photo, or CutMix: a box of the partner's."""
    share, box = mixing
    if box is None:
        return share * photos_ + (1 - share) * partners
    left, top, right, bottom = box
    out = photos_.clone()
    out[:, :, top:bottom, left:right] = partners[:, :, top:bottom, left:right]
    return out


def rows_of(count, size, world):
    """The ranks' parts of `count` rows of a batch of `size`, in its order: as the studio's where a batch goes through in parts."""
    part = -(-size // world)
    return [range(min(rank * part, count), min((rank + 1) * part, count)) for rank in range(world)]


def parts_of(rows, most):
    """A rank's rows in the portions that go through the network at once, counted from its first."""
    most = most or max(1, len(rows))
    return [range(start, min(start + most, len(rows))) for start in range(0, len(rows), most)]


def steps_of(stage, count, size):
    """Of an epoch."""
    return count // size if stage["dropLast"] and count >= size else -(-count // size)


def refuse_lone_rows(job, plan):
    """Batch norm cannot learn from one value a channel: one photo under fastai's head, or over maps of one pixel."""
    count, size, options = len(job.splits["train"]), plan["batchSize"], job.options
    modules = dict(job.model.named_modules())
    flat = lambda name: isinstance(modules[name], torch.nn.BatchNorm1d) or (plan["size"] <= 32 and name.startswith("layer4."))
    for stage in plan["stages"]:
        last = count - (steps_of(stage, count, size) - 1) * size
        if options.norms == "sync" or not any(map(flat, stage["norms"])):
            continue
        for batch in (min(size, count), min(last, size)):
            parts = [part for rows in rows_of(batch, size, job.ranks.world) for part in parts_of(rows, options.micro_batch)]
            if any(len(part) == 1 for part in parts):
                what = f"{plan['name']}: a batch of {batch} photos leaves a process one of them, too few for batch norm"
                raise SystemExit(f"{what}: take another number of processes, or another --micro-batch")


EPOCH = {"step": 0, "loss": 0.0, "correct": 0, "images": 0, "seconds": 0.0}
STAGE = {"since": 0, "smoothed": 0.0, "batches": 0}


class Training:
    """A training of the recipe, from its start or from `saved`. `job` knows the ranks, the photos and the files."""

    def __init__(self, job, plan, start, saved):
        self.job, self.plan, self.model = job, plan, job.model
        self.at = {"stage": 0, "before": 0, "epoch": 1, "best": None, **EPOCH, **STAGE}
        self.kept = None
        self.model.load_state_dict(start)
        self.split = job.splits["train"]
        self.loader = photos.Loader(self.split, plan["train"], plan["seed"], job.options)
        self.at.update(saved["at"] if saved else {})
        self.begin_stage(saved)
        if self.kept:
            job.store(self.kept)  # The files may be of an epoch behind the checkpoint.

    def begin_stage(self, saved=None):
        """An optimiser of its own, over what the stage trains; from where it stood if it is `saved`."""
        job, plan = self.job, self.plan
        self.stage = plan["stages"][self.at["stage"]]
        self.weights = torch.tensor(self.class_weights(), dtype=torch.float32)
        trained = {key for group in self.stage["groups"] for key in group["keys"]}
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(name in trained)
        learning = set(self.stage["norms"])
        self.norms = [module for name, module in self.model.named_modules() if name in learning]
        self.dropouts = [module for module in self.model.modules() if isinstance(module, fastai_recipe.Dropout)]
        self.optimiser = optimisers.optimiser_of(self.model, self.stage)
        self.scaler = GradScaler(enabled=job.options.precision == "float16")
        self.average, self.averaged = copy.deepcopy(self.model) if self.stage["averaging"] > 0 else None, 0
        count, size = len(self.split), plan["batchSize"]
        self.per_epoch = steps_of(self.stage, count, size)
        if saved:
            self.restore(saved)
        self.network = self.model
        if job.ranks.world > 1:
            ids = [job.ranks.local] if job.ranks.device.type == "cuda" else None
            self.network = DistributedDataParallel(self.model, device_ids=ids, broadcast_buffers=job.options.norms == "rank0")

    def state(self):
        """Where it stands: what `restore` goes on from, step for step."""
        parts = {"model": self.model, "optimiser": self.optimiser, "scaler": self.scaler}
        parts.update({"average": self.average} if self.average else {})
        states = {name: part.state_dict() for name, part in parts.items()}
        return {**states, "at": dict(self.at), "averaged": self.averaged, "kept": self.kept}

    def restore(self, saved):
        self.kept, self.averaged = saved["kept"], saved["averaged"]
        self.model.load_state_dict(saved["model"])
        if self.average:
            self.average.load_state_dict(saved["average"])
        if "optimiser" in saved:
            self.optimiser.load_state_dict(saved["optimiser"])
            self.scaler.load_state_dict(saved["scaler"])
            return
        # From the studio: moments by key.
        names = optimisers.MOMENTS[self.stage["optimiser"]["kind"]]
        for key, parameter in self.model.named_parameters():
            if saved["moments"] and key in saved["moments"][0]:
                moments = {name: moment[key].to(parameter.device) for name, moment in zip(names, saved["moments"])}
                steps = {"step": torch.tensor(float(saved["steps"]))} if len(names) == 2 else {}
                self.optimiser.state[parameter] = {**steps, **moments}

    def class_weights(self):
        """One over a class's share of the photos where that is asked for; 0 for classes without any."""
        counts = np.bincount(self.split.labels, minlength=self.job.classes)
        if self.stage["objective"]["balance"] != "weights":
            return np.ones(len(counts))
        return np.where(counts > 0, len(self.split) / (np.count_nonzero(counts) * np.maximum(counts, 1)), 0)

    def batches(self):
        """The rest of the epoch: all draws of each batch, and what this rank loads of them."""
        plan, objective, epoch = self.plan, self.stage["objective"], self.at["epoch"]
        order = views.epoch_order(self.split.labels, plan["seed"], epoch, objective["balance"])
        mixes = objective["mixup"] > 0 or objective["cutmix"] > 0
        for step in range(self.at["step"], self.per_epoch):
            batch = order[step * plan["batchSize"] : (step + 1) * plan["batchSize"]]
            rows = rows_of(len(batch), plan["batchSize"], self.job.ranks.world)[self.job.ranks.rank]
            # Without rows of its own a rank takes two along that count nothing; mixing wants the photo before each.
            mine = [batch[i] for i in rows] or [batch[0], batch[-1]]
            yield batch, rows, [(epoch, draw) for draw in ([batch[rows[0] - 1]] if mixes and rows else []) + mine]

    def run(self):
        """Trains to the end, from wherever it stands; what was kept is in `kept`."""
        at, stages = self.at, self.plan["stages"]
        while True:
            while not self.is_over():
                self.began = time.time() - at["seconds"]
                if at["step"] < self.per_epoch:
                    self.train_epoch()
                self.test_epoch()
                at.update(epoch=at["epoch"] + 1, **EPOCH)
                self.save()
            if at["stage"] + 1 == len(stages):
                return
            at.update(stage=at["stage"] + 1, before=at["epoch"] - 1, **STAGE)
            self.begin_stage()

    def is_over(self):
        """The stage under way: it has had its epochs, or too many without a better one."""
        at, stage = self.at, self.stage
        return at["epoch"] > at["before"] + stage["epochs"] or 0 < stage["patience"] <= at["since"]

    def save(self):
        """On every rank at once: what each knows of the norms is made one."""
        self.same_statistics()
        self.at["seconds"] = time.time() - self.began if self.at["step"] else 0.0
        self.job.save(self.state())

    def train_epoch(self):
        job, at, pending = self.job, self.at, []
        self.model.eval()
        for module in (*self.norms, *self.dropouts):
            module.train()
        planned, every = list(self.batches()), -(-self.per_epoch // 1000)
        before, first = (at["epoch"] - 1) * self.per_epoch, at["step"]
        tell = job.bar(f"{self.plan['name']}: epoch {at['epoch']} of {at['before'] + self.stage['epochs']}", self.per_epoch, self.plan["batchSize"], first)

        def settle(most):
            while len(pending) > most:
                count, numbers = pending.pop(0)
                loss, correct, stop = numbers.tolist()
                if not math.isfinite(loss):
                    raise SystemExit(f"The loss became {loss} in epoch {at['epoch']}: lower the learning rate")
                at["step"] += 1
                at.update(smoothed=SMOOTHING * at["smoothed"] + (1 - SMOOTHING) * loss, batches=at["batches"] + 1)
                at.update(loss=at["loss"] + loss * count, correct=at["correct"] + round(correct), images=at["images"] + count)
                if at["step"] % every == 0 or at["step"] == self.per_epoch:
                    record = {"globalStep": before + at["step"], "epoch": at["epoch"], "loss": loss}
                    job.write({"kind": "step", "record": {**record, "accuracy": round(correct) / count}, "images": count})
                tell(at["step"], loss)
                job.stopping |= stop > 0

        batches = zip(planned, self.loader.load([mine for *_, mine in planned]))
        for step, ((batch, rows, _), loaded) in enumerate(batches, first + 1):
            pending.append((len(batch), self.take_step(before + step, batch, rows, loaded)))
            settle(IN_FLIGHT)
            if step % job.options.save_every == 0 or job.stopping:
                settle(0)
                self.save()
            if job.stopping:
                job.stop()
        settle(0)
        self.save()

    def take_step(self, step, batch, rows, loaded):
        """Forward, backward and the optimiser on this rank's rows of a batch. [loss, right answers, stop] stay on the GPU."""
        job, stage, ranks, precision = self.job, self.stage, self.job.ranks, self.job.short
        labels = torch.from_numpy(self.split.labels[np.array(batch) % len(self.split)]).long()
        mixing = views.mixing_of(stage["objective"], self.plan["size"], self.plan["seed"], self.at["epoch"], step)
        values, wanted, divisor = self.targets(labels, mixing)
        images, read = job.images(loaded, self.plan["train"])
        if mixing and rows:
            images, read = mixed(images[1:], images[:-1], mixing), (read[1:] - 1).clamp(0)
        values, wanted = (some[list(rows)][read].to(ranks.device) if rows else None for some in (values, wanted))
        self.set_rates((step - 1 - self.at["before"] * self.per_epoch) / self.per_epoch / stage["epochs"])
        dropped = views.Rng(self.plan["seed"], views.DROPOUT_STREAM, step).integer(0, 2**32 - 1) if self.dropouts else 0
        self.optimiser.zero_grad(set_to_none=True)
        before, numbers = self.statistics(), torch.zeros(3, dtype=torch.float64, device=ranks.device)
        parts = parts_of(rows, job.options.micro_batch)
        for part in parts or [range(2)]:
            some = slice(part.start, part.stop)
            for dropout in self.dropouts:
                dropout.seed, dropout.first_row = dropped, (rows[0] if rows else 0) + part.start
            ends = ranks.world == 1 or not parts or part == parts[-1]
            with contextlib.nullcontext() if ends else self.network.no_sync():
                with torch.autocast(ranks.device.type, dtype=precision or torch.bfloat16, enabled=precision is not None):
                    logits = self.network(images[some]).float()
                if rows:
                    loss = -(values[some] * logits.log_softmax(1)).sum() / divisor
                    numbers[1] += (logits.argmax(1) == wanted[some]).sum()
                else:
                    loss = 0 * logits.sum()
                numbers[0] += loss.detach()
                self.scaler.scale(loss * ranks.world).backward()  # DistributedDataParallel divides by the ranks.
        self.share_statistics(before, len(batch), len(parts))
        if "maxNorm" in stage["optimiser"]:
            self.scaler.unscale_(self.optimiser)
            stepped = [parameter for group in self.optimiser.param_groups for parameter in group["params"]]
            torch.nn.utils.clip_grad_norm_(stepped, stage["optimiser"]["maxNorm"])
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.take_average()
        numbers[2] = float(job.told_to_stop)
        return ranks.sum(numbers)

    def set_rates(self, progress):
        """Of every group, by the stage's schedule."""
        rate, momentum = optimisers.rates_at(self.stage["schedule"], progress)
        for group, own in zip(self.optimiser.param_groups, self.stage["groups"]):
            group["lr"] = self.stage["lr"] * rate * own["lr"]
            if momentum is not None:
                group.update({"betas": (momentum, *group["betas"][1:])} if "betas" in group else {"momentum": momentum})

    def targets(self, labels, mixing):
        """What rows' log probabilities count [n, K], the class that most of a photo is, and what their sum is divided by."""
        smoothing = self.stage["objective"]["smoothing"]
        one_hot = torch.nn.functional.one_hot(labels, self.job.classes).float()
        divisor = float(len(labels) if mixing else self.weights[labels].sum())
        if mixing:
            one_hot = mixing[0] * one_hot + (1 - mixing[0]) * one_hot.roll(1, 0)
            labels = labels.roll(1) if mixing[0] < 0.5 else labels
        return self.weights * ((1 - smoothing) * one_hot + smoothing / self.job.classes), labels, divisor

    def statistics(self):
        """Running means and variances that move, in one tensor; None where none do."""
        return torch.cat([b for norm in self.norms for b in (norm.running_mean, norm.running_var)]) if self.norms else None

    def set_statistics(self, values, batches=0):
        at = 0
        for norm in self.norms:
            for buffer in (norm.running_mean, norm.running_var):
                buffer.copy_(values[at : at + buffer.numel()])
                at += buffer.numel()
            norm.num_batches_tracked += batches

    def share_statistics(self, before, count, parts):
        """`--norms parts`: running statistics as if the ranks' rows had gone through one network, one part after the other."""
        if before is None or self.job.ranks.world == 1 or self.job.options.norms != "parts":
            return
        all_rows = rows_of(count, self.plan["batchSize"], self.job.ranks.world)
        counts = [len(parts_of(rows, self.job.options.micro_batch)) for rows in all_rows]
        kept, rank = 1 - (self.norms[0].momentum or 0.1), self.job.ranks.rank
        own = self.statistics() - kept**parts * before if parts else torch.zeros_like(before)
        later = self.job.ranks.sum(own * kept ** sum(counts[rank + 1 :]))
        self.set_statistics(kept ** sum(counts) * before + later, sum(counts) - max(1, parts))

    @torch.no_grad()
    def same_statistics(self):
        """Before weights are tested or stored: rank 0's statistics, or the ranks' average."""
        ranks, norms, values = self.job.ranks, self.job.options.norms, self.statistics()
        if values is not None and ranks.world > 1 and norms in ("rank0", "average"):
            share = 1 / ranks.world if norms == "average" else float(ranks.rank == 0)
            self.set_statistics(ranks.sum(values * share))

    @torch.no_grad()
    def take_average(self):
        """An exponential moving average of weights and statistics, whose decay grows: it must not remember its start."""
        if self.average is None:
            return
        self.averaged += 1
        decay = min(self.stage["averaging"], (1 + self.averaged) / (10 + self.averaged))
        for mean, value in zip(self.average.state_dict().values(), self.model.state_dict().values()):
            mean.lerp_(value, 1 - decay) if mean.is_floating_point() else mean.copy_(value)

    def test_epoch(self):
        """All validation photos; the weights are kept if they are better than any before, or always, as fastai does."""
        job, at, tested = self.job, self.at, self.average or self.model
        evaluation = job.measure(tested, self.plan["test"])
        score = evaluation["score"]
        best = at["best"] is None or score["accuracy"] > at["best"]
        at["since"] = 0 if best else at["since"] + 1
        keeps_last = self.stage["keeps"] == "last"
        at["best"] = score["accuracy"] if best else at["best"]
        if best or keeps_last:
            state = {key: value.detach().cpu().clone() for key, value in tested.state_dict().items()}
            self.kept = {"state": state, "origin": f"{self.plan['name']}, epoch {at['epoch']}", "evaluation": evaluation}
            job.store(self.kept)
            job.tell_of_kept(self.kept)
        seconds = time.time() - self.began
        train = {"loss": at["loss"] / at["images"], "accuracy": at["correct"] / at["images"]}
        train.update(correct=at["correct"], count=at["images"])
        record = {"epoch": at["epoch"], "train": train, "validation": score, "best": best, "seconds": seconds}
        record.update({"kept": True} if keeps_last else {})
        if self.stage["optimiser"]["kind"] == "fastai":
            record["smoothedLoss"] = at["smoothed"] / (1 - SMOOTHING ** at["batches"])
        record["imagesPerSecond"] = (at["images"] + score["count"]) / seconds
        job.write({"kind": "epoch", "record": record})
        job.say({"training": self.plan["name"], **record})
