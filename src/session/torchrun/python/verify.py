#!/usr/bin/env python3
"""Tests the weights that the studio measured, on the same photos and views, and prints both accuracies.

    python3 verify.py --data PHOTOS

Exit codes: 0 the same answer for every photo, 1 not, 2 wrong arguments.
"""
import argparse
import sys

import numpy as np

import results
from train import HERE, Job, arguments

# Two answers may differ where a photo's two best classes are closer than this: sums of another order.
CLOSE = 1e-3


def main():
    parser = argparse.ArgumentParser(description="Tests the weights that the studio measured.")
    parser.add_argument("--data", required=True)
    parser.add_argument("--workers", default="0")
    own, rest = parser.parse_known_args()
    job = Job(arguments(["--data", own.data, "--workers", own.workers, *rest]), resumes=False)
    if not job.recipe["known"]:
        print("The studio had measured no weights when this folder was written.")
        return 0
    equal = True
    for known in job.recipe["known"]:
        job.model.load_state_dict(results.read_safetensors(HERE / f"{known['weights']}.safetensors")[0])
        found, told = job.measure(job.model, known["view"]), known["score"]
        answers, _ = results.read_safetensors(HERE / "known" / f"{known['weights']}.safetensors")
        logits, mine = answers["logits"].numpy(), found["logits"]
        same_photos = np.array_equal(answers["indices"].numpy(), found["indices"])
        different = np.nonzero(logits.argmax(1) != mine.argmax(1))[0] if same_photos else np.arange(0)
        top = np.sort(logits[different], 1)[:, -2:]
        ties = int((top[:, 1] - top[:, 0] < CLOSE).sum()) if len(different) else 0
        shown = lambda score: f"{100 * score['accuracy']:.2f} % ({score['correct']} of {score['count']})"
        view = f"{known['view']['crop']} px" + (f" from {known['view']['resize']} px" if known["view"]["resize"] else "")
        print(f"{known['weights']} at {view}: studio {shown(told)}, here {shown(found['score'])}")
        if not same_photos:
            print(f"  {len(found['indices'])} photos could be read here, {len(answers['indices'])} in the studio")
        elif len(different):
            print(f"  {len(different)} photos are answered differently, {ties} of them between classes closer than {CLOSE}")
        else:
            print(f"  all answers are the same; logits differ by {np.abs(logits - mine).max():.1e} at most")
        equal &= same_photos and len(different) == ties
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
