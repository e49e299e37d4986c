/** Cool-down epochs that are gone on with: the same photos, in the same views, mixed as little as they were. */
import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { newContext } from '../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../testing/patterns';
import type { TrainingRun } from '../train/run';
import type { RunState } from '../train/runState';
import { parseStudioConfig, type StudioConfig } from './meta';

const backend = await nullBackend();
const { baseline } = await import('./baseline/run');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({
    batchSize: 4,
    epochs: 4,
    coolDownEpochs: 2,
    mixup: 0.2,
    trainSize: 32,
    evalResize: 36,
    evalCrop: 32,
  }),
  arch: 'tiny18',
};
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);

/** What is loaded, in its order, behind the epoch and step that it is loaded in; and states as they were. */
async function run(saved: RunState | null) {
  const loads: string[] = [];
  const states: RunState[] = [];
  const context = { ...newContext(backend), saved, onTraining: (one: TrainingRun) => void (training = one) };
  let training: TrainingRun | null = null;
  const { loader } = context;
  context.loader = {
    ...loader,
    load: (path, ...how) => {
      loads.push(`${path} ${JSON.stringify(how.slice(0, 2))}`);
      return loader.load(path, ...how);
    },
  };
  for await (const record of baseline(context, config, initial)) {
    if (record.kind !== 'step') continue;
    const state = await (training as TrainingRun | null)?.state();
    if (state) states.push(structuredClone(state));
  }
  return { loads, states };
}

test('whatever step of whatever epoch it was stored after', async () => {
  const whole = await run(null);
  const cooling = whole.states.filter(({ position }) => position.epoch > 2);
  expect(cooling.length).toBeGreaterThan(2);
  const last = whole.states.at(-1)!;
  for (const state of cooling) {
    const rest = await run(state);
    expect(rest.loads.length).toBeGreaterThan(0);
    expect(rest.loads).toEqual(whole.loads.slice(-rest.loads.length));
    expect(rest.states.at(-1) ?? state).toEqual(last);
  }
});
