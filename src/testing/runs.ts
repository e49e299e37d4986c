/** Results of runs for tests: what is not said is as a fresh run has it. */
import { parseStudioConfig, type RunId } from '../engine/experiments/meta';
import type { Score, SweepPoint } from '../engine/base/records';
import type { DatasetSummary } from '../engine/dataset/types';
import type { WeightsInfo } from '../protocol/weights';
import { newRun, type RunResult } from '../protocol/results';

export function runResult(run: RunId, parts: Partial<RunResult> = {}): RunResult {
  const fresh = { run, config: parseStudioConfig({}), size: 224, startedAt: '2026-01-01T00:00:00Z' };
  return { ...newRun({ ...fresh, ...parts }), ended: 'done', seconds: 1, ...parts };
}

/** Photos counted from their classes, of which nothing odd is known. */
export function datasetSummary(parts: Partial<DatasetSummary> = {}): DatasetSummary {
  const classes = parts.classes ?? ['a', 'b'].map((name) => ({ name, train: 9, validation: 3, test: 0 }));
  const sum = (of: 'train' | 'validation' | 'test') => classes.reduce((total, one) => total + one[of], 0);
  return {
    name: 'leaves',
    format: 'class folders',
    classes,
    trainCount: sum('train'),
    validationCount: sum('validation'),
    testCount: sum('test'),
    unusedCount: 0,
    choices: [],
    settings: {},
    warnings: [],
    warningCounts: {},
    ...parts,
  };
}

export const scoreOf = (correct: number, count: number, loss = 1): Score => ({
  loss,
  accuracy: correct / count,
  correct,
  count,
});

export function sweepPoint(size: number, score: Score, parts: Partial<SweepPoint> = {}): SweepPoint {
  return {
    ...score,
    size,
    resize: 0,
    seconds: 1,
    distance: null,
    classes: [],
    changed: null,
    activations: { size, count: 1, zeroFraction: 0, aboveTwoFraction: 0, mean: 1, cdf: [] },
    ...parts,
  };
}

export const weightsInfo = (parts: Partial<WeightsInfo> = {}): WeightsInfo => ({
  arch: 'resnet18',
  classes: ['a', 'b'],
  origin: 'baseline, epoch 1',
  history: [],
  view: null,
  temperature: null,
  ...parts,
});

/** Photos of so many classes, on each as many to validate on. */
export const photosOf = (classes: number, validation: number): DatasetSummary =>
  datasetSummary({
    classes: Array.from({ length: classes }, (_, i) => ({
      name: `${i}`,
      train: 8,
      validation: validation / classes,
      test: 0,
    })),
  });
