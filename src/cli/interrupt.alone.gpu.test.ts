/** A run in the terminal that is interrupted, and gone on with. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import made from '../testing/photos/photos.json' with { type: 'json' };
import { main } from './headless';

const EPOCHS = 4;
const folder = mkdtempSync(path.join(tmpdir(), 'fixres-interrupt-'));
const photos = path.join(folder, 'photos');
beforeAll(() => {
  for (const { name, file } of made.photos.filter((photo) => photo.name.startsWith('exif_')))
    for (const place of ['train/a', 'train/b', 'val/a', 'val/b']) {
      mkdirSync(path.join(photos, place), { recursive: true });
      writeFileSync(path.join(photos, place, name), Buffer.from(file, 'base64'));
    }
});
afterAll(() => rmSync(folder, { recursive: true }));

const SETTINGS = `arch=tiny10 epochs=${EPOCHS} trainSize=32 evalCrop=32 evalResize=0 batchSize=4`.split(' ');
const begin = (out: string) =>
  main(['--data', photos, '--out', out, '--engine', 'node', '--steps', 'baseline', '--set', ...SETTINGS]);

const epochsIn = (out: string): number => {
  const { runs } = JSON.parse(readFileSync(path.join(out, 'metrics.json'), 'utf8')) as {
    runs: { baseline: { epochs: unknown[] } };
  };
  return runs.baseline.epochs.length;
};
const predictionsIn = (out: string) => readFileSync(path.join(out, 'predictions.csv'), 'utf8');

test('Ctrl-C leaves a run to be gone on with, to the predictions of one that nobody touched', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  const [whole, left] = [path.join(folder, 'whole'), path.join(folder, 'left')];
  expect(await begin(whole)).toBe(0);
  said.mock.calls.length = 0;
  const interrupted = begin(left);
  await vi.waitUntil(() => said.mock.calls.flat().some((line) => String(line).startsWith('Epoch: 01')), 60_000);
  process.emit('SIGINT');
  expect(await interrupted).toBe(130);
  expect(epochsIn(left)).toBeLessThan(EPOCHS);
  expect(said.mock.calls.flat()).toContain(`To go on: npm run headless -- --resume ${left}`);
  expect(await main(['--resume', left])).toBe(0);
  expect(epochsIn(left)).toBe(EPOCHS);
  expect(predictionsIn(left)).toBe(predictionsIn(whole));
});
