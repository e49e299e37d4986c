# One cell for Kaggle or Colab, beside this folder's files. Kaggle: add the folder as a dataset, and the photos.
import os, subprocess, sys, torch

FOLDER = "/kaggle/input/train-elsewhere"  # Colab: the folder that was unpacked, such as /content/torchrun
PHOTOS = "/kaggle/input/photos"
gpus = max(1, torch.cuda.device_count())
subprocess.run(
    ["torchrun", "--standalone", f"--nproc_per_node={gpus}", os.path.join(FOLDER, "train.py")]
    + ["--data", PHOTOS, "--out", "results", "--precision", "float16"],
    check=True, stdout=sys.stdout, stderr=sys.stderr,
)
