/** What tests of experiments need: a run on photos of three colours, and its records. */
import { expect } from 'vitest';
import { EvaluationCache } from '../engine/experiments/evaluationCache';
import type { ExperimentContext } from '../engine/experiments/context';
import type { Kept } from '../engine/train/runState';
import type { StudioBackend } from '../engine/gpu/backend';
import type { ExperimentRow, RunRecord } from '../engine/base/records';
import { PATTERN_CLASSES, patternLoader, patternSamples } from './patterns';

/** What a run is given; `kept` gathers what it keeps. */
export function newContext(
  backend: StudioBackend,
  signal = new AbortController().signal,
): ExperimentContext & { kept: Kept[] } {
  const kept: Kept[] = [];
  let clock = 0;
  return {
    backend,
    loader: patternLoader(),
    signal,
    precision: 'float32',
    memoryBytes: 2e9,
    featureBytes: 2 ** 20,
    tuneSeconds: 0,
    onUnreadable: (path) => expect.fail(path),
    dataset: {
      name: 'patterns',
      classes: PATTERN_CLASSES,
      train: patternSamples('train', 12),
      validation: patternSamples('validation', 7),
      test: [],
      choices: [],
      settings: {},
      unused: 0,
      refusal: null,
      format: '',
      warnings: [],
    },
    photoSizes: () => Promise.resolve([{ width: 80, height: 60 }]),
    cache: new EvaluationCache(),
    now: () => (clock += 500),
    keep: (one) => kept.push(one),
    kept,
  };
}

/** All records and what the run returns; it may leave no tensor behind. */
export async function finish<T>(
  backend: StudioBackend,
  generator: AsyncGenerator<RunRecord, T, undefined>,
): Promise<{ records: RunRecord[]; result: T }> {
  const before = backend.usedBytes();
  const records: RunRecord[] = [];
  let step = await generator.next();
  for (; !step.done; step = await generator.next()) records.push(step.value);
  expect(backend.usedBytes()).toBe(before);
  backend.gpu.throwIfFailed();
  return { records, result: step.value };
}

export const evaluationsIn = (records: readonly RunRecord[]): number =>
  records.filter((one) => one.kind === 'phase' && one.phase === 'evaluating').length;

/** Of an experiment's table. */
export const rowsIn = (records: readonly RunRecord[]): ExperimentRow[] =>
  records.flatMap((one) => (one.kind === 'row' ? [one.row] : []));
