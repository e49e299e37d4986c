import { expect, test } from 'vitest';
import type { ExperimentRow } from '../engine/base/records';
import { experimentFinding } from './experimentFinding';

const COUNT = 1000;
const sure = { won: 100, lost: 0, p: 1e-9 };
const unsure = { won: 12, lost: 8, p: 0.5 };
const row = (name: string, correct: number, rest: Partial<ExperimentRow> = {}): ExperimentRow => ({
  name,
  views: null,
  trainSize: 224,
  testSize: 384,
  score: { loss: 1, accuracy: correct / COUNT, correct, count: COUNT },
  changed: null,
  epochs: 0,
  note: null,
  ...rest,
});

test('nothing is said of one row', () => {
  expect(experimentFinding('ablation', [row('nothing', 700)])).toBeNull();
});

test('the ablation names its best way and counts those that are no worse', () => {
  const rows = [
    row('nothing', 700),
    row('the classifier', 720, { views: 'train' }),
    row('the classifier', 800, { views: 'test', changed: sure }),
    row('the whole network', 795, { views: 'train' }),
  ];
  expect(experimentFinding('ablation', rows)).toBe(
    'At 384 px the most accurate is tuning the classifier on test views: 80.0 %, +10.0 points against tuning nothing. 1 of 2 other ways are within its 95 % interval.',
  );
  expect(experimentFinding('ablation', [...rows, row('nothing', 500, { testSize: 448 })])).not.toContain('448');
});

test('low-resolution training is held against training at the size', () => {
  const rows = [
    row('trained at 179 px', 705, { trainSize: 179, testSize: 224 }),
    row('trained at 224 px', 700, { testSize: 224, changed: unsure }),
    row('trained at 224 px', 780, { testSize: 280, changed: sure }),
  ];
  expect(experimentFinding('lowResolution', rows)).toBe(
    'Trained at 179 px and tested at 224 px: 70.5 %, +0.5 points against training at 224 px, within the noise, with 36 % less work a photo. Trained at 224 px and tested at 280 px: 78.0 %, +7.5 points against the smaller.',
  );
});

test('progressive resizing is held against the last layers alone', () => {
  const rows = [row('nothing more', 700), row('the last', 750, { epochs: 5 }), row('all', 740, { epochs: 5 })];
  expect(experimentFinding('progressive', rows.slice(0, 2))).toBeNull();
  expect(experimentFinding('progressive', rows)).toContain('74.0 %, −1.0 points against 75.0 % with the last alone');
});

test('an adaptation that gains nothing is said to, and one that does', () => {
  const plain = row('no adaptation', 600);
  const law = (correct: number, changed = unsure) => row('one Fréchet law', correct, { note: 'μ', changed });
  expect(
    experimentFinding('adaptation', [plain, law(605), row('a Gaussian a channel', 594, { changed: unsure })]),
  ).toBe(
    "Mapping activations changes accuracy by −0.6 points to +0.5 points, at no size beyond the noise of 1000 photos (McNemar's test at 5 %); the paper's own appendix finds no gain.",
  );
  expect(experimentFinding('adaptation', [plain, law(700, sure)])).toContain(
    'are one Fréchet law at 384 px (+10.0 points)',
  );
});
