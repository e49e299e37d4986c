/** Runs of several trainings go on where they were left, whatever had ended then, and come to the same rows. */
import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { finish, newContext } from '../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../testing/patterns';
import type { Evaluation } from '../train/evaluate';
import type { TrainingRun } from '../train/run';
import type { ExperimentContext } from './context';
import { parseStudioConfig, type StudioConfig } from './meta';

const backend = await nullBackend();
const { PROCEDURES } = await import('./registry');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({
    batchSize: 8,
    epochs: 1,
    tuneEpochs: 1,
    trainSizes: [32, 40],
    sweepSizes: [32, 48],
    crossFolds: 2,
    crossTuneSize: 48,
    labelFolds: 2,
    trainSize: 40,
    lowSize: 32,
    progressiveSize: 48,
    ablationSizes: [32],
  }),
  arch: 'tiny10',
};
const state = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);

type Left = ReadonlyMap<string, Evaluation>;

/** What is there after each thing that ended, as a session would find it. */
async function run(id: 'trainTest' | 'crossValidation' | 'labels' | 'lowResolution' | 'progressive', ended: Left) {
  const trained: string[] = [];
  const left: Left[] = [new Map(ended)];
  let last: TrainingRun | null = null;
  const add = (name: string, evaluation: Evaluation) => left.push(new Map(left.at(-1)).set(name, evaluation));
  const context: ExperimentContext = {
    ...newContext(backend),
    ended,
    onTraining: (training) => {
      if (last?.kept?.evaluation) add(last.name, last.kept.evaluation);
      trained.push(training.name);
      last = training;
    },
    onMeasured: add,
  };
  const inputs = {
    config,
    size: 32,
    start: { state, opened: false },
    weights: { arch: config.arch, state },
    view: { kind: 'eval', resize: 0, crop: 32 } as const,
    onEvaluation: () => {},
  };
  const records = PROCEDURES[id].records(inputs)(context) as AsyncGenerator<never, void, undefined>;
  const told = await finish(backend, records);
  const rows = told.records.flatMap((one) => (one.kind === 'row' ? [one.row] : []));
  return { rows, trained, left };
}

test.each(['trainTest', 'crossValidation', 'labels', 'lowResolution', 'progressive'] as const)('%s', async (id) => {
  const whole = await run(id, new Map());
  expect(new Set(whole.trained).size).toBe(whole.trained.length);
  for (const ended of whole.left) {
    const again = await run(id, ended);
    expect(again.rows).toEqual(whole.rows);
    // No training is told of twice.
    const left = whole.trained.filter((name) => !ended.has(name));
    expect(left).toEqual(expect.arrayContaining(again.trained));
  }
});
