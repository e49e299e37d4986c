"""Where photos lie and which of them train: split.csv or another table, class folders, tar shards, Parquet files.

Rows are NumPy arrays and one block of text, not Python objects: a million of them take seconds, and worker processes share
their memory. Only names are read before training; a photo is read when its turn comes.
"""
import csv
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import torch

import fastai_recipe
import views

SPLITS = {"train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation"}
PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")


class Texts:
    """Strings in one block of bytes."""

    def __init__(self, texts):
        encoded = [text.encode() for text in texts]
        self.ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        self.block = b"".join(encoded)

    def __len__(self):
        return len(self.ends)

    def __getitem__(self, i):
        return self.block[self.ends[i - 1] if i else 0 : self.ends[i]].decode()


class Split:
    """Photos that train, or those that validate: names, labels, and how to read one."""

    def __init__(self, names, labels, read):
        self.names, self.labels, self.read = Texts(names), np.array(labels, np.int32), read

    def __len__(self):
        return len(self.labels)


def open_photos(data, table, classes):
    """The two splits of `data`, a folder, an archive or shards: by the rows of `table`, or by what `data` itself says."""
    data = Path(data)
    if table:
        rows, read = table_rows(table, classes), reader_of(data)
    else:
        rows, read = own_rows(data, classes)
    splits = {}
    for split in ("train", "validation"):
        mine = [(name, label) for name, label, of in rows if of == split]
        splits[split] = Split([name for name, _ in mine], [label for _, label in mine], read)
        if not mine:
            raise SystemExit(f"{table or data} has no photo for {split}")
    first = splits["train"].names[0]
    try:
        read(first)  # A wrong folder is told now, and not in an hour.
    except (OSError, KeyError):
        raise SystemExit(f"{data} has no {first}: is it what the studio had open?") from None
    return splits


def table_rows(table, classes):
    """Rows of `path,label,split`; labels are names of classes or their numbers."""
    numbers = {name: i for i, name in enumerate(classes)}
    with open(table, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = next(reader)
        missing = [column for column in ("path", "label", "split") if column not in header]
        if missing:
            raise SystemExit(f"{table} has no column {', '.join(missing)}: it begins with {','.join(header)}")
        path, label, split = (header.index(column) for column in ("path", "label", "split"))
        return [(row[path], class_of(row[label], numbers, table), SPLITS.get(row[split])) for row in reader]


def class_of(label, numbers, where):
    if label in numbers:
        return numbers[label]
    if label.isdigit() and int(label) < len(numbers):
        return int(label)
    raise SystemExit(f'{where}: "{label}" is none of the {len(numbers)} classes of labels.json')


def reader_of(data):
    """A function from a path to a file that can be read, for a folder, an archive, or a folder of archives."""
    if data.suffix == ".zip":
        return Zip(data).read
    if data.suffix == ".tar" or (data.is_dir() and any(data.glob("*.tar"))):
        return Tars([data] if data.suffix == ".tar" else sorted(data.glob("*.tar"))).read
    if not data.is_dir():
        raise SystemExit(f"{data} is no folder, .zip or .tar")
    return Folder(data).read


def own_rows(data, classes):
    """Rows of class folders in train/ and val/, of webdataset's shards (key.jpg beside key.cls), or of Parquet files."""
    numbers = {name: i for i, name in enumerate(classes)}
    if data.is_dir() and any(data.glob("*.tar")):
        return Tars(sorted(data.glob("*.tar"))).labelled(numbers)
    if data.is_dir() and any(data.glob("*.parquet")):
        parquet = Parquet(sorted(data.glob("*.parquet")))
        return parquet.rows(numbers), parquet.read
    rows = []
    for folder in sorted(data.iterdir()):
        if folder.name not in SPLITS or not folder.is_dir():
            continue
        for one in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if one.is_dir():
                label = class_of(one.name, numbers, folder)
                names = sorted(entry.name for entry in os.scandir(one.path) if entry.name.lower().endswith(PHOTOS))
                rows += [(f"{folder.name}/{one.name}/{name}", label, SPLITS[folder.name]) for name in names]
    return rows, Folder(data).read


class Folder:
    def __init__(self, root):
        self.root = root

    def read(self, path):
        return open(self.root / path, "rb")


class Zip:
    """Opened anew in every process: they cannot share a position in the file."""

    def __init__(self, path):
        self.path, self.archive, self.process = path, None, None

    def read(self, name):
        if self.process != os.getpid():
            self.archive, self.process = zipfile.ZipFile(self.path), os.getpid()
        return io.BytesIO(self.archive.read(name))


class Tars:
    """Members by name, each read with one seek. What lies where is found once and kept beside the shards."""

    def __init__(self, shards):
        self.shards, self.files = shards, {}
        self.places, self.shard_of = {}, {}
        for number, shard in enumerate(shards):
            for name, offset, size in members(shard):
                self.places[name] = (number, offset, size)

    def read(self, name):
        number, offset, size = self.places[name]
        key = (os.getpid(), number)
        if key not in self.files:
            self.files[key] = os.open(self.shards[number], os.O_RDONLY)
        return io.BytesIO(os.pread(self.files[key], size, offset))

    def labelled(self, numbers):
        rows = []
        for name, (number, _, _) in self.places.items():
            if not name.lower().endswith(PHOTOS):
                continue
            stem = name[: name.rindex(".")]
            label = next((f"{stem}.{kind}" for kind in ("cls", "txt") if f"{stem}.{kind}" in self.places), None)
            if label is None:
                raise SystemExit(f"{self.shards[number]}: {name} has no {stem}.cls beside it")
            word = next((word for word in SPLITS if word in self.shards[number].name), "train")
            text = self.read(label).read().decode().strip()
            rows.append((name, class_of(text, numbers, self.shards[number]), SPLITS[word]))
        return rows, self.read


def members(shard):
    """(name, offset, size) of a tar's files; from the index beside it where that is newer."""
    index = shard.with_suffix(".tar.index.json")
    if index.exists() and index.stat().st_mtime >= shard.stat().st_mtime:
        return json.loads(index.read_text())
    with tarfile.open(shard) as archive:
        found = [(one.name, one.offset_data, one.size) for one in archive if one.isfile()]
    try:
        index.write_text(json.dumps(found))
    except OSError:
        pass  # A folder that cannot be written to is looked through each time.
    return found


class Parquet:
    """Hugging Face's layout: a column of images as {bytes, path}, a column of labels; a file's split by its name."""

    def __init__(self, files):
        try:
            import pyarrow.parquet
        except ImportError:
            raise SystemExit("Parquet files need pyarrow: pip install pyarrow") from None
        self.files, self.open, self.group = files, pyarrow.parquet.ParquetFile, {}
        self.columns = self.open(files[0]).schema_arrow.names
        self.image = next(name for name in self.columns if name in ("image", "img", "photo"))

    def rows(self, numbers):
        label = next(name for name in self.columns if name in ("label", "labels", "class"))
        rows = []
        for number, path in enumerate(self.files):
            file, word = self.open(path), next((word for word in SPLITS if word in path.name), "train")
            for group in range(file.num_row_groups):
                labels = file.read_row_group(group, columns=[label]).column(0).to_pylist()
                names = [f"{number}/{group}/{row}" for row in range(len(labels))]
                rows += [(n, class_of(str(l), numbers, path), SPLITS[word]) for n, l in zip(names, labels)]
        return rows

    def read(self, name):
        number, group, row = map(int, name.split("/"))
        key = (os.getpid(), number, group)
        if self.group.get("key") != key:  # A row group at a time, as it is stored.
            column = self.open(self.files[number]).read_row_group(group, columns=[self.image]).column(0)
            self.group = {"key": key, "column": column}
        return io.BytesIO(self.group["column"][row].as_py()["bytes"])


class Photos(torch.utils.data.Dataset):
    """(epoch, draw) → a photo's view [3, S, S], 0 to 255, its index, and why it could not be read, if so: then it is black."""

    def __init__(self, split, spec, seed, respect_exif):
        self.split, self.spec, self.seed, self.respect_exif = split, spec, seed, respect_exif

    def __getitem__(self, item):
        epoch, draw = item
        index, size = draw % len(self.split), self.spec.get("size") or self.spec["crop"]
        try:
            with self.split.read(self.split.names[index]) as file:
                image, warp = views.view_of(views.opened(file, self.respect_exif), self.spec, self.seed, epoch, draw)
        except (OSError, ValueError, KeyError) as error:
            dtype = torch.float32 if self.spec.get("augmentation", {}).get("kind") == "fastai" else torch.uint8
            return torch.zeros(3, size, size, dtype=dtype), index, f"{self.split.names[index]}: {error}"
        pixels = torch.from_numpy(np.array(image).transpose(2, 0, 1).copy())
        return fastai_recipe.warped(pixels, warp) if warp else pixels, index, ""


class Batches:
    """What a DataLoader is to load next, epoch for epoch, from the same workers."""

    def __init__(self):
        self.draws = []

    def __iter__(self):
        return iter(self.draws)

    def __len__(self):
        return len(self.draws)


class Loader:
    """A split's views in batches, from worker processes that stay from epoch to epoch."""

    def __init__(self, split, spec, seed, options):
        self.batches = Batches()
        workers = {"persistent_workers": True, "prefetch_factor": 4} if options.workers else {}
        self.loader = torch.utils.data.DataLoader(
            Photos(split, spec, seed, options.respect_exif),
            batch_sampler=self.batches,
            num_workers=options.workers,
            pin_memory=options.device == "cuda",
            **workers,
        )

    def load(self, draws):
        """`draws`: a list a batch of (epoch, draw). Gives (photos, indices, reasons) a batch."""
        self.batches.draws = draws
        return self.loader
