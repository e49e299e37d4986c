import { expect, test } from 'vitest';
import { nullBackend } from '../../../hosts/node/nullGpu';
import { finish, newContext } from '../../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../../testing/patterns';
import type { RunRecord } from '../../base/records';
import { parseStudioConfig, type StudioConfig } from '../meta';
import { plannedPhases } from '../plan';

const backend = await nullBackend();
const { procedure } = await import('./run');
const { stateSpecs } = await import('../../models/registry');
const { initialHostState } = await import('../../nn/state');
const { forwardMacs } = await import('../../models/cost');

const config: StudioConfig = {
  ...parseStudioConfig({ batchSize: 8, trainSize: 40, sweepSizes: [32, 40] }),
  arch: 'tiny10',
};
const state = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);
const inputs = {
  config,
  size: 40,
  start: null,
  weights: { arch: config.arch, state },
  view: { kind: 'eval', resize: 0, crop: 40 },
  onEvaluation: () => {},
} as const;
const rowsOf = (records: readonly RunRecord[]) => records.flatMap((one) => (one.kind === 'row' ? [one.row] : []));

test('a row each way of looking, with what it costs; no view is looked at twice', async () => {
  const context = newContext(backend);
  const records = procedure.records(inputs)(context) as AsyncGenerator<RunRecord, void, undefined>;
  const told = (await finish(backend, records)).records;
  const rows = rowsOf(told);
  const macs = (size: number) => forwardMacs('tiny10', size, PATTERN_CLASSES.length);
  expect(rows.map(({ name, testSize, testMacs, changed }) => [name, testSize, testMacs, changed])).toEqual([
    ['one view', 40, macs(40), null],
    ['one view and its mirror image', 40, 2 * macs(40), { won: 0, lost: 0, p: 1 }],
    ['five crops', 40, 5 * macs(40), { won: 0, lost: 0, p: 1 }],
    ['32 + 40 px', 40, macs(32) + macs(40), { won: 0, lost: 0, p: 1 }],
    // At the scale of the one view, which is cut from 50 px: of photos of 80 x 60 px 66 x 50.
    ['the whole photo, as wide as it is', 50, forwardMacs('tiny10', 50, 3, { width: 66 }), { won: 0, lost: 0, p: 1 }],
  ]);
  expect(rows[2]!.note).toBe('5 forward passes; 0 of 7 answers changed');
  // One view, 32 px, the mirror image, four corners, the whole: 40 px is known by then.
  expect(told.filter(({ kind }) => kind === 'phase')).toHaveLength(8);
  // What is a part of an average is no measurement of the weights.
  expect(context.cache.of(state, context.dataset).map(({ view }) => view.crop)).toEqual([40, 32]);
});

test('square photos are seen whole as they are', async () => {
  const context = { ...newContext(backend), photoSizes: () => Promise.resolve([{ width: 60, height: 60 }]) };
  const records = procedure.records(inputs)(context) as AsyncGenerator<RunRecord, void, undefined>;
  expect(rowsOf((await finish(backend, records)).records)).toHaveLength(4);
});

test('one size is no average, and it stops in the middle with the rows that it has', async () => {
  const controller = new AbortController();
  const context = newContext(backend, controller.signal);
  const single = { ...inputs, config: { ...config, sweepSizes: [32] } };
  const all = procedure.records(single)(context) as AsyncGenerator<RunRecord, void, undefined>;
  expect(rowsOf((await finish(backend, all)).records).map(({ name }) => name)).not.toContain('32 px');

  const seen: RunRecord[] = [];
  const before = backend.usedBytes();
  const stopped = async () => {
    for await (const record of procedure.records(inputs)({ ...context, cache: newContext(backend).cache })) {
      seen.push(record);
      if (rowsOf(seen).length === 2) controller.abort(new Error('enough'));
    }
  };
  await expect(stopped()).rejects.toThrow('enough');
  expect(rowsOf(seen).map(({ name }) => name)).toEqual(['one view', 'one view and its mirror image']);
  expect(backend.usedBytes()).toBe(before);
});

test('it is planned as what it does, and refused without weights', () => {
  const counts = { classes: 3, trainCount: 12, validationCount: 7, tuneSize: 40 };
  const phases = plannedPhases({ run: 'testTime', config, arch: 'tiny10', ...counts });
  expect(phases.map(({ size }) => size)).toEqual([40, 32, 40, 40, 40, 40, 40, 50]);
  expect(() => procedure.records({ ...inputs, weights: null })).toThrow(
    expect.objectContaining({ code: 'needs-step' }) as Error,
  );
});
