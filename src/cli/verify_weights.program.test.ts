/** Tables of photos and classes whose names a spreadsheet would compute: what the programs in Python write and read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Dataset } from '../engine/dataset/types';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { Evaluation } from '../engine/train/evaluate';
import { testViewOf } from '../session/checkpoint';
import { predictionsCsv } from '../session/exports';
import { python, pythonHas } from '../testing/python';

const hasTorch = pythonHas('torch', 'torchvision', 'PIL');
const folder = mkdtempSync(path.join(tmpdir(), 'fixres-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CLASSES = ["=cmd|' /C calc'!A0", "'=2+5", '-a b', "'tis", 'é'];
const NAMES = ['=x.jpg', '@y.jpg', "'=z.jpg", '-dQw4w9.jpg'];

const SCRIPT = `import json, sys
import numpy as np
sys.path[:0] = ["src/cli", "src/session/torchrun/python"]
sys.dont_write_bytecode = True
from results import write_predictions
from verify_weights import read_table
folder, names, classes = sys.argv[1], *map(json.loads, sys.argv[2:])
studio = open(f"{folder}/studio.csv", encoding="utf-8").read()
write_predictions(f"{folder}/other.csv", names, [0] * len(names), np.zeros((len(names), len(classes))), classes, "centre crop 64")
other = open(f"{folder}/other.csv", encoding="utf-8").read()
print(json.dumps({"table": read_table(f"{folder}/studio.csv"), "same": other.replace('"', "") == studio.replace('"', "")}))
`;

test.skipIf(!hasTorch)('both know every name, and write the same table (needs PyTorch at /usr/bin/python3)', () => {
  const validation = NAMES.map((imageId) => ({ path: imageId, imageId, label: 0 }));
  const evaluation = {
    indices: Int32Array.from(NAMES.keys()),
    logits: new Float32Array(NAMES.length * CLASSES.length),
  } as unknown as Evaluation;
  const view = testViewOf({ kind: 'eval', resize: 0, crop: 64 }, parseStudioConfig({}));
  const csv = predictionsCsv({ classes: CLASSES, validation } as unknown as Dataset, evaluation, {
    view,
    temperature: null,
  });
  writeFileSync(path.join(folder, 'studio.csv'), csv);
  const { table, same } = python(SCRIPT, folder, JSON.stringify(NAMES), JSON.stringify(CLASSES)) as {
    table: string[][];
    same: boolean;
  };
  expect(table[0]).toEqual(['image_id', 'label', 'predicted', ...CLASSES, 'view']);
  expect(table.slice(1).map(([name]) => name)).toEqual(NAMES);
  expect(same).toBe(true);
});
