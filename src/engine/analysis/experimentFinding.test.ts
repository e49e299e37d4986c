import { expect, test } from 'vitest';
import type { ExperimentRow } from '../train/records';
import { experimentFinding } from './experimentFinding';

const COUNT = 1000;
const row = (name: string, correct: number, rest: Partial<ExperimentRow> = {}): ExperimentRow => ({
  name,
  views: null,
  trainSize: 224,
  testSize: 384,
  score: { loss: 1, accuracy: correct / COUNT, correct, count: COUNT },
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
    row('the classifier', 800, { views: 'test' }),
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
    row('trained at 224 px', 700, { testSize: 224 }),
    row('trained at 224 px', 780, { testSize: 280 }),
  ];
  expect(experimentFinding('lowResolution', rows)).toBe(
    'Trained at 179 px and tested at 224 px: 70.5 %, +0.5 points against training at 224 px (their 95 % intervals overlap), with 36 % less work a photo. Trained at 224 px and tested at 280 px: 78.0 %, +8.0 points.',
  );
});

test('progressive resizing is held against the last layers alone', () => {
  const rows = [row('nothing more', 700), row('the last', 750, { epochs: 5 }), row('all', 740, { epochs: 5 })];
  expect(experimentFinding('progressive', rows.slice(0, 2))).toBeNull();
  expect(experimentFinding('progressive', rows)).toContain('74.0 %, −1.0 points against 75.0 % with the last alone');
});

test('an adaptation that gains nothing is said to', () => {
  const plain = row('no adaptation', 600);
  const none = [plain, row('one Fréchet law', 605, { note: 'μ' }), row('a Gaussian a channel', 594)];
  expect(experimentFinding('adaptation', none)).toContain(
    'nothing that can be told from noise: between −0.6 points and +0.5',
  );
  const some = [plain, row('one Fréchet law', 700, { note: 'μ' })];
  expect(experimentFinding('adaptation', some)).toContain('from 60.0 % to 70.0 %, +10.0 points, beyond the noise');
});
