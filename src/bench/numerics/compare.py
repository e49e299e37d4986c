"""Holds the studio's numbers, JSON on the standard input, against those of PyTorch, torchvision, Pillow, SciPy and
scikit-learn. Prints a line for each comparison and exits with 1 if one differs by more than it may.

    npm run bench -- numerics [TOPIC …]

feeds it.
"""

import base64
import json
import math
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from scipy import stats
from sklearn import metrics
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms import functional as tvf

failed = []


def row(topic, what, against, difference, holds):
    print(f"{'ok  ' if holds else 'FAIL'} {topic:14} {what}; against {against}: {difference}", flush=True)
    if not holds:
        failed.append(what)


def relative(ours, theirs):
    """The largest difference, over the largest value."""
    ours, theirs = np.asarray(ours, np.float64).ravel(), np.asarray(theirs, np.float64).ravel()
    return float(np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-300))


def boxes(cases):
    for case in cases:
        width, height, low = case["width"], case["height"], case["minScale"]
        torch.manual_seed(7)
        image = Image.new("L", (width, height))
        theirs = [RandomResizedCrop.get_params(image, (low, 1.0), (3 / 4, 4 / 3)) for _ in case["drawn"]]
        top, left, h, w = np.array(theirs).T
        mine = np.array(case["drawn"])
        quantities = {
            "area": (mine[:, 2] * mine[:, 3], h * w),
            "ratio": (mine[:, 2] / mine[:, 3], w / h),
            "left": (mine[:, 0], left),
            "top": (mine[:, 1], top),
        }
        ps = {name: stats.ks_2samp(a, b).pvalue for name, (a, b) in quantities.items()}
        area = width * height
        sigma = [np.sqrt(a / area).mean() for a in quantities["area"]]
        share = [(a / area).mean() for a in quantities["area"]]
        what = f"{len(mine)} boxes of {width} x {height} px, scale {low} to 1"
        told = f"mean area {share[0]:.4f} and {share[1]:.4f}, mean side {sigma[0]:.4f} and {sigma[1]:.4f}; "
        told += "Kolmogorov-Smirnov p " + ", ".join(f"{name} {p:.2f}" for name, p in ps.items())
        row("boxes", what, "torchvision's RandomResizedCrop", told, min(ps.values()) > 0.001)


def geometry(cases):
    for case in cases:
        wrong = 0
        for size, resize, width, height, left, top in case["rows"]:
            # The shorter side, then the longer one, as torchvision's Resize works them out.
            wanted = int(case["ratio"] * size)
            h, w = tvf._compute_resized_output_size((600, 800), [wanted])
            if size <= min(h, w):
                offsets = (int(round((w - size) / 2.0)), int(round((h - size) / 2.0)))
            else:
                offsets = tuple(-((size - side) // 2) if size > side else int(round((side - size) / 2.0)) for side in (w, h))
            wrong += (resize, width, height, left, top) != (wanted, w, h, *offsets)
        what = f"{len(case['rows'])} test views of 800 x 600 px, ratio {case['ratio']:.4f}"
        row("geometry", what, "torchvision's Resize and CenterCrop", f"{wrong} differ", wrong == 0)


def taps(cases):
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    for name in filters:
        some = [case for case in cases if case["filter"] == name]
        worst = 0
        for case in some:
            rgba = np.frombuffer(base64.b64decode(case["pixels"]), np.uint8).reshape(case["height"], case["width"], 4)
            size = (case["outWidth"], case["outHeight"])
            theirs = np.asarray(Image.fromarray(rgba[..., :3].copy()).resize(size, filters[name]))
            ours = np.frombuffer(base64.b64decode(case["resized"]), np.uint8).reshape(size[1], size[0], 4)[..., :3]
            worst = max(worst, int(np.abs(ours.astype(int) - theirs).max()))
        what = f"{len(some)} pictures of noise, shrunk and stretched, {name}"
        row("taps", what, f"Pillow {Image.__version__}", f"{worst} of 255 levels at most", worst == 0)


def initialisation(cases):
    for case in cases:
        torch.manual_seed(7)
        theirs = getattr(torchvision.models, case["arch"])().state_dict()
        mine = case["tensors"]
        same = [(t["key"], t["shape"]) for t in mine] == [(key, list(value.shape)) for key, value in theirs.items()]
        what = f"{len(mine)} tensors of {case['arch']}: names, order and shapes"
        row("initialisation", what, "torchvision's state_dict", "equal" if same else "not equal", same)
        filters = [t for t in mine if len(t["shape"]) == 4]
        deviations = {"ours": [], "torchvision's": []}
        kurtosis = []
        for tensor in filters:
            out, into, k, _ = tensor["shape"]
            count, wanted = out * into * k * k, math.sqrt(2 / (out * k * k))
            mean, second, fourth = tensor["moments"]
            for whose, deviation in (("ours", math.sqrt(second)), ("torchvision's", float(theirs[tensor["key"]].std()))):
                deviations[whose].append((deviation / wanted - 1) * math.sqrt(2 * count))
            kurtosis.append((fourth / second**2 - 3) * math.sqrt(count / 24))
        told = "largest of the filters' deviations from the formula, in standard errors: " + ", ".join(
            f"{whose} {np.abs(values).max():.2f}" for whose, values in deviations.items()
        )
        told += f"; of our kurtosis {np.abs(kurtosis).max():.2f}"
        holds = max(np.abs(deviations["ours"]).max(), np.abs(kurtosis).max()) < 4.5
        row("initialisation", f"{len(filters)} filters of {case['arch']}", "kaiming_normal_, fan_out", told, holds)
        (fc,) = [t for t in mine if t["key"] == "fc.weight"]
        bound = 1 / math.sqrt(fc["shape"][1])
        ours, other = max(-fc["least"], fc["most"]) / bound, float(theirs["fc.weight"].abs().max()) / bound
        told = f"largest weight {ours:.5f} of the bound, torchvision's {other:.5f}; variance {3 * fc['moments'][1] / bound**2:.4f} of uniform"
        row("initialisation", f"fc of {case['arch']}", "nn.Linear", told, 0.999 < ours <= 1 and abs(3 * fc["moments"][1] / bound**2 - 1) < 0.02)


def norms(cases):
    for case in cases:
        n, h, w, c = case["shape"]
        given = {key: torch.tensor(value, dtype=torch.float64) for key, value in case["given"].items()}
        first = lambda values: torch.as_tensor(values, dtype=torch.float64).reshape(n, h, w, c).permute(0, 3, 1, 2)
        x, dy = first(given["x"]).clone().requires_grad_(), first(given["dy"])
        gamma, beta = given["gamma"].requires_grad_(), given["beta"].requires_grad_()
        mean, variance = given["mean"].clone(), given["variance"].clone()
        y = torch.nn.functional.batch_norm(x, mean, variance, gamma, beta, training=True, momentum=0.1, eps=1e-5)
        y.backward(dy)
        last = lambda values: values.detach().permute(0, 2, 3, 1).numpy()
        theirs = {"y": last(y), "mean": mean, "variance": variance, "dx": last(x.grad), "dgamma": gamma.grad, "dbeta": beta.grad}
        off = {key: relative(case["ours"][key], value) for key, value in theirs.items()}
        told = ", ".join(f"{key} {value:.1e}" for key, value in off.items())
        row("norms", f"batch norm of {n} x {h} x {w} x {c} in training", "PyTorch in float64", told, max(off.values()) < 1e-5)


def losses(cases):
    for case in cases:
        logits = torch.tensor(case["logits"], dtype=torch.float64).reshape(-1, case["classes"]).requires_grad_()
        weight = case["classWeights"] and torch.tensor(case["classWeights"], dtype=torch.float64)
        labels = torch.tensor(case["labels"])
        loss = torch.nn.functional.cross_entropy(logits, labels, weight=weight, label_smoothing=case["smoothing"])
        loss.backward()
        ours = case["ours"]
        hits = int((logits.argmax(1) == labels).sum())
        off = {"loss": relative([ours["loss"]], [loss.item()]), "gradient": relative(ours["gradient"], logits.grad)}
        what = f"cross entropy, logits to {float(logits.detach().abs().max()):.0f}, smoothing {case['smoothing']}, {'class weights' if case['classWeights'] else 'no weights'}"
        told = ", ".join(f"{key} {value:.1e}" for key, value in off.items()) + f"; {ours['correct']:.0f} and {hits} right"
        row("losses", what, "PyTorch in float64", told, max(off.values()) < 1e-5 and ours["correct"] == hits)


def fastai_adam(start, gradients, lr, decay, momenta):
    """fastai/optimizer.py: decoupled decay, then Adam with sqr_mom .99 and eps 1e-5, both debiased."""
    p, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step, (g, mom) in enumerate(zip(gradients, momenta), 1):
        p *= 1 - lr * decay
        m, v = mom * m + (1 - mom) * g, 0.99 * v + 0.01 * g * g
        debias = lambda moment, k: moment / (1 - k**step)
        p -= lr * debias(m, mom) / (np.sqrt(debias(v, 0.99)) + 1e-5)
    return p


def optimisers(cases):
    for case in cases:
        start = np.array(case["start"])
        gradients = [np.array(one) for one in case["gradients"]]
        lr, decay = case["lr"], case["weightDecay"]
        if case["kind"] == "fastai":
            theirs, against = fastai_adam(start, gradients, lr, decay, case["momenta"]), "fastai's formulas in float64"
        else:
            parameter = torch.tensor(start, dtype=torch.float64, requires_grad=True)
            build = {
                "adamw": lambda: torch.optim.AdamW([parameter], lr=lr, weight_decay=decay),
                "sgd": lambda: torch.optim.SGD([parameter], lr=lr, weight_decay=decay, momentum=case["momentum"]),
            }
            optimiser = build[case["kind"]]()
            for gradient in gradients:
                parameter.grad = torch.tensor(gradient)
                optimiser.step()
            theirs, against = parameter.detach().numpy(), f"torch.optim.{type(optimiser).__name__} in float64"
        off = relative(np.array(case["ours"]) - start, theirs - start)
        what = f"{len(gradients)} steps of {case['kind']}, {len(start)} weights, decay {decay}"
        row("optimisers", what, against, f"{off:.1e} of the change", off < 1e-4)


def rates_of(steps, build):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = build(optimiser)
    found = []
    for _ in range(steps):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return found


def combined_cosine(pct, a, m, b, position):
    """fastai/callback/schedule.py, combined_cos."""
    cosine = lambda start, end, p: start + (1 + math.cos(math.pi * (1 - p))) * (end - start) / 2
    return cosine(a, m, position / pct) if position < pct else cosine(m, b, (position - pct) / (1 - pct))


def schedules(ours):
    torch_schedules = torch.optim.lr_scheduler
    warm = lambda o: torch_schedules.SequentialLR(
        o,
        [torch_schedules.LinearLR(o, start_factor=0.01, total_iters=20), torch_schedules.CosineAnnealingLR(o, T_max=180)],
        milestones=[20],
    )
    for name, what, build in (
        ("stepQuarters", "step decay, 20 epochs of training", lambda o: torch_schedules.StepLR(o, 5, 0.1)),
        ("stepHalves", "step decay, 8 epochs of fine-tuning", lambda o: torch_schedules.StepLR(o, 4, 0.1)),
        ("cosine", "cosine over 200 steps", lambda o: torch_schedules.CosineAnnealingLR(o, T_max=200)),
        ("warmCosine", "the same after a warm-up of 20", warm),
    ):
        mine = [lr for lr, _ in ours[name]]
        off = relative(mine, rates_of(len(mine), build))
        row("schedules", what, "torch.optim.lr_scheduler", f"{off:.1e}", off < 1e-9)
    for name, pct, div in (("frozenCycle", 0.99, 25), ("wholeCycle", 0.3, 5)):
        steps = len(ours[name])
        rates = [combined_cosine(pct, 1 / div, 1, 1e-5, i / steps) for i in range(steps)]
        momenta = [combined_cosine(pct, 0.95, 0.85, 0.95, i / steps) for i in range(steps)]
        off = max(relative([lr for lr, _ in ours[name]], rates), relative([m for _, m in ours[name]], momenta))
        row("schedules", f"one cycle, rising {pct}, div {div}", "fastai's formula", f"{off:.1e}", off < 1e-12)
    mine = [lr for lr, _ in ours["exponential"]]
    theirs = [1e-7 * (10 / 1e-7) ** (i / len(mine)) for i in range(len(mine))]
    row("schedules", "the search's exponential", "fastai's formula", f"{relative(mine, theirs):.1e}", relative(mine, theirs) < 1e-9)


def statistics(ours):
    off = max(abs(c["p"] / stats.binomtest(min(c["won"], c["lost"]), c["won"] + c["lost"], 0.5).pvalue - 1) for c in ours["mcnemar"])
    row("statistics", f"McNemar's exact test, {len(ours['mcnemar'])} splits to 3000 : 3000", "scipy.stats.binomtest", f"{off:.1e} of p", off < 1e-9)
    off = 0
    for c in ours["wilson"]:
        theirs = stats.binomtest(c["correct"], c["count"]).proportion_ci(method="wilson")
        off = max(off, abs(c["low"] - theirs.low), abs(c["high"] - theirs.high))
    row("statistics", f"Wilson's interval, {len(ours['wilson'])} shares", "scipy.stats.binomtest", f"{off:.1e}", off < 1e-9)
    d = ours["distances"]
    ks, w1 = stats.ks_2samp(d["first"], d["second"]).statistic, stats.wasserstein_distance(d["first"], d["second"])
    told = f"KS {d['ks']:.5f} and {ks:.5f}, W1 {d['w1']:.6f} and {w1:.6f}"
    # Of a histogram of bins of 1/4096, where scipy takes the values.
    row("statistics", "distances of 3000 activations from 3000 others", "scipy.stats", told, abs(d["ks"] - ks) < 2e-3 and abs(d["w1"] - w1) < 2.5e-4)
    f = ours["frechet"]
    mu, sigma = f["law"]["mu"], f["law"]["sigma"]
    theirs = stats.genextreme.cdf([p["x"] for p in f["cdf"]], -0.3, loc=mu, scale=sigma)
    off = relative([p["p"] for p in f["cdf"]], theirs)
    fit = max(abs(f["fitted"]["mu"] - mu), abs(f["fitted"]["sigma"] - sigma))
    row("statistics", "the Fréchet law and its fit", "scipy.stats.genextreme", f"law {off:.1e}, fit {fit:.1e}", off < 1e-12 and fit < 1e-9)
    s = ours["scores"]
    logits = np.array(s["logits"]).reshape(len(s["labels"]), -1)
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    predictions = logits.argmax(1)
    same = metrics.confusion_matrix(s["labels"], predictions).tolist() == s["confusion"]
    loss = metrics.log_loss(s["labels"], shares)
    accuracy = metrics.accuracy_score(s["labels"], predictions)
    off = abs(s["score"]["loss"] / loss - 1)
    told = f"confusion {'equal' if same else 'not equal'}, accuracy {s['score']['accuracy'] - accuracy:.1e}, loss {off:.1e}"
    row("statistics", f"scores of {len(s['labels'])} photos", "scikit-learn", told, same and s["score"]["accuracy"] == accuracy and off < 1e-6)


def main():
    ours = json.load(sys.stdin)
    print(f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}, Pillow {Image.__version__}")
    for topic, cases in ours.items():
        globals()[topic](cases)
    if failed:
        sys.exit(f"{len(failed)} differ by more than they may")


if __name__ == "__main__":
    main()
