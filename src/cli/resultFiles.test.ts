import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { leftSentence, resultsIn } from './resultFiles';

const folder = mkdtempSync(path.join(tmpdir(), 'fixres-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Written at that second. */
const write = (name: string, at: number) => {
  const file = path.join(folder, name);
  if (name.endsWith('/')) mkdirSync(file, { recursive: true });
  else writeFileSync(file, '');
  utimesSync(file, at, at);
};

test('results that were there before and were not written anew are named, and nothing else', async () => {
  for (const name of ['metrics.json', 'weights.safetensors', 'checkpoint.zip', 'notes.txt', 'pth/', 'onnx/'])
    write(name, 1000);
  const before = await resultsIn(folder);
  for (const name of ['metrics.json', 'onnx/', 'report.html']) write(name, 2000);
  rmSync(path.join(folder, 'checkpoint.zip'));
  const now = await resultsIn(folder);
  expect(leftSentence(before, now)).toBe('left from an earlier run: weights.safetensors, pth/');
  expect(leftSentence(new Map(), now)).toBeNull();
});
