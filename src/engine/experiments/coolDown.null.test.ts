/** Cool-down epochs that are gone on with: the same photos, in the same views, mixed as little as they were. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { newContext } from '../../testing/experimentRun';
import { PATTERN_CLASSES, patternSamples } from '../../testing/patterns';
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
    epochs: 2,
    coolDownEpochs: 1,
    mixup: 0.2,
    trainSize: 32,
    evalResize: 36,
    evalCrop: 32,
  }),
  arch: 'tiny10',
};
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);

/** Of 5 steps an epoch, of which each is told somewhat later: within what is cropped, within what cools down, the last of all. */
const STORED: readonly number[] = [1, 6, 10];

/** What is loaded, in its order, and states as they were after those steps. */
async function run(saved: RunState | null) {
  const loads: string[] = [];
  const states: RunState[] = [];
  const base = newContext(backend);
  const dataset = { ...base.dataset, train: patternSamples('train', 19), validation: patternSamples('v', 5) };
  const context = { ...base, dataset, saved, now: () => 0, onTraining: (one: TrainingRun) => void (training = one) };
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
    if (record.kind !== 'step' || (!saved && !STORED.includes(record.record.globalStep))) continue;
    const state = await (training as TrainingRun | null)?.state();
    if (state) states.push(structuredClone(state));
  }
  return { loads, states };
}

/** Of plain data, bytes by their own sums. */
const digestOf = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Map) return [...one];
    if (!ArrayBuffer.isView(one)) return one;
    return createHash('sha1')
      .update(new Uint8Array(one.buffer, one.byteOffset, one.byteLength))
      .digest('hex');
  });

test('whatever step it was stored after', async () => {
  const whole = await run(null);
  const last = whole.states.at(-1)!;
  const inTheMiddle = whole.states.filter(({ progress }) => progress.steps < 5);
  expect(inTheMiddle.map(({ position }) => position.epoch)).toEqual([1, 2]);
  // The views of cool-down epochs are one for each photo, those before are drawn.
  const viewsOf = (loads: readonly string[]) => new Set(loads.filter((load) => load.startsWith('train/0/'))).size;
  expect(viewsOf(whole.loads)).toBe(2);
  for (const state of whole.states.slice(0, -1)) {
    const rest = await run(state);
    expect(rest.loads.length).toBeGreaterThan(0);
    expect(rest.loads).toEqual(whole.loads.slice(-rest.loads.length));
    expect(digestOf(rest.states.at(-1))).toBe(digestOf(last));
  }
});
