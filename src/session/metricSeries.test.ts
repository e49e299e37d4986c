import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { SweepPoint } from '../engine/base/records';
import { eventFiles, metricsCsv } from './metricSeries';
import { type EpochPoint, newRun, type Results } from '../protocol/results';

const score = (loss: number, accuracy: number) => ({ loss, accuracy, correct: 0, count: 10 });
const epoch = (n: number): EpochPoint => ({
  step: 5 * n,
  record: {
    epoch: n,
    train: score(1 / n, 0.5),
    validation: score(2 / n, 0.25),
    best: true,
    seconds: 30,
    imagesPerSecond: 12,
  },
});
const run = (changes: object) => ({
  ...newRun({ run: 'baseline', config: parseStudioConfig({}), size: 64, startedAt: '2026-11-28T10:00:00.000Z' }),
  ...changes,
});
const results: Results = {
  sweep: run({ points: [{ size: 96, seconds: 5, ...score(0.5, 0.75) } as SweepPoint] }),
  baseline: run({ epochs: [epoch(1), epoch(2)] }),
  evaluate: run({}),
};

test('the CSV counts steps over all runs, in their order, with a column a number', () => {
  expect(metricsCsv(results).split('\n')).toEqual([
    'step,timestamp,baseline/step,baseline/loss/train,baseline/loss/validation,baseline/accuracy/train,baseline/accuracy/validation,baseline/speed/images_per_second,sweep/step,sweep/loss/by_size,sweep/accuracy/by_size',
    '0,2026-11-28T10:00:30.000Z,1,1,2,0.5,0.25,12,,,',
    '1,2026-11-28T10:01:00.000Z,2,0.5,1,0.5,0.25,12,,,',
    '2,2026-11-28T10:00:05.000Z,,,,,,,96,0.5,0.75',
    '',
  ]);
});

test('TensorBoard gets a folder a run that has anything to show', () => {
  expect(eventFiles(results).map(({ path }) => path)).toEqual([
    'tensorboard/baseline/events.out.tfevents.1795860030.fixres-studio',
    'tensorboard/sweep/events.out.tfevents.1795860005.fixres-studio',
  ]);
});
