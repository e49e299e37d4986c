/** Where photos lie, for the programs that train elsewhere: class folders, tables, zips, tar shards, Parquet. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { python, pythonHas } from '../../testing/python';

const PROGRAMS = fileURLToPath(new URL('python', import.meta.url));
const hasTorch = pythonHas('torch', 'torchvision', 'PIL');

const SCRIPT = `import io, json, sys, tarfile, tempfile, zipfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import photos
from PIL import Image

root, found = Path(tempfile.mkdtemp()), {}

def jpeg(side):
    file = io.BytesIO()
    Image.new("RGB", (side, 30)).save(file, "jpeg")
    return file.getvalue()

def told(data, table=None):
    try:
        splits = photos.open_photos(data, table, ["a", "b"])
    except SystemExit as refusal:
        return str(refusal).replace(str(root), "")
    sides = lambda split: [Image.open(split.read(split.names[i])).size[0] for i in range(len(split))]
    return [[split.labels.tolist(), sides(split)] for split in splits.values()]

for split, sides in (("train", (10, 20)), ("val", (30,))):
    for name in ("a", "b"):
        folder = root / "folders" / split / name
        folder.mkdir(parents=True)
        for side in sides:
            (folder / f"{side}.jpg").write_bytes(jpeg(side))
found["folders"] = told(root / "folders")

table = root / "split.csv"
table.write_text("label,path,split\\n" + 'a,"x, 1.jpg",train\\nb,y.jpg,validation\\nb,z.jpg,test\\n')
with zipfile.ZipFile(root / "photos.zip", "w") as archive:
    for name, side in (("x, 1.jpg", 40), ("y.jpg", 50)):
        archive.writestr(name, jpeg(side))
found["zip"] = told(root / "photos.zip", table)

(root / "shards").mkdir()
for shard, sides in (("train-000", (60, 70)), ("val-000", (80,))):
    with tarfile.open(root / "shards" / f"{shard}.tar", "w") as archive:
        for i, side in enumerate(sides):
            for name, data in ((f"{shard}-{i}.jpg", jpeg(side)), (f"{shard}-{i}.cls", str(i).encode())):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
found["shards"] = told(root / "shards")
found["again, from the index"] = told(root / "shards")

table.write_text("path,label\\n")
found["no split"] = told(root / "folders", table)
table.write_text("path,label,split\\nx.jpg,c,train\\n")
found["unknown class"] = told(root / "folders", table)
table.write_text("path,label,split\\nx.jpg,a,train\\ny.jpg,b,validation\\n")
found["absent"] = told(root / "nowhere", table)
found["others"] = told(root / "folders", table)
print(json.dumps(found))`;

test.runIf(hasTorch)(
  'photos are found however they lie, or refused by name (needs python3-torch, python3-torchvision)',
  () => {
    expect(python(SCRIPT, PROGRAMS)).toEqual({
      folders: [
        [
          [0, 0, 1, 1],
          [10, 20, 10, 20],
        ],
        [
          [0, 1],
          [30, 30],
        ],
      ],
      zip: [
        [[0], [40]],
        [[1], [50]],
      ],
      shards: [
        [
          [0, 1],
          [60, 70],
        ],
        [[0], [80]],
      ],
      'again, from the index': [
        [
          [0, 1],
          [60, 70],
        ],
        [[0], [80]],
      ],
      'no split': '/split.csv has no column split: it begins with path,label',
      'unknown class': '/split.csv: "c" is none of the 2 classes of labels.json',
      absent: '/nowhere is no folder, .zip or .tar',
      others: '/folders has no x.jpg: is it what the studio had open?',
    });
  },
);
