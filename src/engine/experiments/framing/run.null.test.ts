import { expect, test } from 'vitest';
import { nullBackend } from '../../../hosts/node/nullGpu';
import { finish, newContext } from '../../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../../testing/patterns';
import { parseStudioConfig, type StudioConfig } from '../meta';
import { plannedPhases } from '../plan';

const backend = await nullBackend();
const { procedure } = await import('./run');
const { stateSpecs } = await import('../../models/registry');
const { initialHostState } = await import('../../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({ batchSize: 8, trainSize: 40, cropShares: [80, 100], resizeRatio: 1.25 }),
  arch: 'tiny10',
};
const weights = {
  arch: config.arch,
  state: initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed),
};
const inputs = { config, size: 40, start: null, weights, view: { kind: 'eval', resize: 0, crop: 40 } } as const;

test('the crop alone changes, and none is measured twice', async () => {
  const context = newContext(backend);
  const records = procedure.records({ ...inputs, onEvaluation: () => {} })(context);
  const told = await finish(backend, records as AsyncGenerator<never, void, undefined>);
  const rows = told.records.flatMap((one) => (one.kind === 'row' ? [one.row] : []));
  expect(rows.map(({ name, testSize }) => [name, testSize])).toEqual([
    ['the crop of the settings', 40],
    ['80 %', 40],
    ['100 %', 40],
  ]);
  // 40 of 50 px is the blog's ratio: the same view as the settings'.
  expect(told.records.filter(({ kind }) => kind === 'phase')).toHaveLength(2);
  expect(rows[0]!.changed).toBeNull();
  expect(rows[1]!.changed).toEqual({ won: 0, lost: 0, p: 1 });
  // Things look smaller the more of the photo is shown, in equally many pixels.
  expect(rows[1]!.apparent! / rows[2]!.apparent!).toBeCloseTo(1.25, 1);
});

test('rows are compared by what the run chooses by', async () => {
  const records = procedure.records({
    ...inputs,
    config: { ...config, selectBy: 'macroF1' },
    onEvaluation: () => {},
  })(newContext(backend));
  const told = await finish(backend, records as AsyncGenerator<never, void, undefined>);
  const [own, ...others] = told.records.flatMap((one) => (one.kind === 'row' ? [one.row.changed] : []));
  expect(own).toBeNull();
  const same = { by: 'macroF1', difference: 0, low: 0, high: 0, p: 1 };
  for (const changed of others) expect(changed?.metric).toEqual(same);
});

test('it is planned as evaluations of one size, and refused without weights', () => {
  const counts = { classes: 3, trainCount: 12, validationCount: 7, tuneSize: 40 };
  const phases = plannedPhases({ run: 'framing', config, arch: 'tiny10', ...counts });
  expect(phases.map(({ phase, size, images }) => [phase, size, images])).toEqual(
    Array.from({ length: 3 }, () => ['evaluating', 40, 7]),
  );
  expect(() => procedure.records({ ...inputs, weights: null, onEvaluation: () => {} })).toThrow(
    expect.objectContaining({ code: 'needs-step' }) as Error,
  );
});
