import { expect, test } from 'vitest';
import { histogramOf } from '../testing/activationCounts';
import type { Dataset } from '../engine/dataset/types';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { EpochRecord, ExperimentRow, SweepPoint } from '../engine/base/records';
import { bestPoint, collect, newResult, predictionsCsv } from './results';

test('predictions name the photo, its label, the answer and every probability', () => {
  const dataset: Dataset = {
    name: 'd',
    classes: ['rust', 'blight, early'],
    train: [],
    test: [],
    format: '',
    warnings: [],
    validation: [
      { path: 'a/1.jpg', imageId: '1.jpg', label: 0 },
      { path: 'a/2.jpg', imageId: '2.jpg', label: 1 },
      { path: 'a/"3".jpg', imageId: '"3".jpg', label: 1 },
    ],
  };
  const evaluation = {
    score: { loss: 0, accuracy: 0, correct: 0, count: 2 },
    view: { kind: 'eval' as const, resize: 0, crop: 64 },
    indices: Int32Array.of(0, 2),
    logits: Float32Array.of(0, 0, 0, Math.log(3)),
    activations: { size: 64, count: 0, zeroFraction: 0, aboveTwoFraction: 0, mean: 0, cdf: [] },
    histogram: histogramOf(),
    seconds: 1,
  };
  expect(predictionsCsv(dataset, evaluation)).toBe(
    'image_id,label,predicted,rust,"blight, early"\n1.jpg,0,0,0.500000,0.500000\n"""3"".jpg",1,1,0.250000,0.750000\n',
  );
});

test('the smallest of equally good sizes is best', () => {
  const point = (size: number, accuracy: number) => ({ size, accuracy }) as SweepPoint;
  expect(bestPoint([point(64, 0.5), point(128, 0.7), point(224, 0.7)])?.size).toBe(128);
  expect(bestPoint([])).toBeUndefined();
});

test('a line of an experiment keeps the epochs that it took', () => {
  const result = newResult(parseStudioConfig({}), 224, '');
  const score = { loss: 1, accuracy: 0.5, correct: 1, count: 2 };
  const record = (epoch: number): EpochRecord => {
    return { epoch, train: score, validation: score, best: true, seconds: 1, imagesPerSecond: 1 };
  };
  const row: ExperimentRow = {
    name: 'a',
    views: 'test',
    trainSize: 64,
    testSize: 64,
    score,
    changed: null,
    epochs: 2,
    note: null,
  };
  collect(result, { kind: 'row', row: { ...row, name: 'untuned', epochs: 0 } });
  for (const epoch of [1, 2]) collect(result, { kind: 'epoch', record: record(epoch) });
  collect(result, { kind: 'row', row });
  expect(result.rows.map(({ name, trained }) => [name, trained.map(({ epoch }) => epoch)])).toEqual([
    ['untuned', []],
    ['a', [1, 2]],
  ]);
  expect(result.epochs).toEqual([]);
});

test('a search for a learning rate keeps its points and what they suggest', () => {
  const result = newResult(parseStudioConfig({}), 224, '');
  const point = { lr: 1e-7, loss: 2, smoothedLoss: 1.9 };
  const suggested = { valley: 1e-3, steep: 1e-4 };
  collect(result, { kind: 'ratePoint', point });
  collect(result, { kind: 'suggestedRates', suggested });
  expect(result).toMatchObject({ rates: [point], suggestedRates: suggested });
});
