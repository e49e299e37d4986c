import { expect, test } from 'vitest';
import { nodeBackend } from '../../../hosts/node/gpu';
import { finish, newContext } from '../../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../../testing/patterns';
import type { RunRecord } from '../../base/records';
import { parseStudioConfig } from '../meta';

const backend = await nodeBackend();
const { procedure } = await import('./run');
const { stateSpecs } = await import('../../models/registry');
const { initialHostState } = await import('../../nn/state');

test('an average of sizes is the mean of their probabilities, photo by photo', async () => {
  const config = {
    ...parseStudioConfig({ batchSize: 4, trainSize: 32, sweepSizes: [32, 64] }),
    arch: 'tiny10',
  } as const;
  const state = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), 5);
  const context = newContext(backend);
  const weights = { arch: config.arch, state };
  const view = { kind: 'eval', resize: 0, crop: 32 } as const;
  const run = procedure.records({ config, size: 32, start: null, weights, view, onEvaluation: () => {} })(context);
  const { records } = await finish(backend, run as AsyncGenerator<RunRecord, void, undefined>);
  const rows = records.flatMap((one) => (one.kind === 'row' ? [one.row] : []));
  const known = context.cache.of(state, context.dataset);
  expect(known).toHaveLength(2);
  const { validation } = context.dataset;
  const k = PATTERN_CLASSES.length;
  const losses = validation.map(({ label }, photo) => {
    const probabilities = known.map(({ logits }) => {
      const exponentials = [...logits.subarray(photo * k, (photo + 1) * k)].map(Math.exp);
      return exponentials[label]! / exponentials.reduce((a, b) => a + b);
    });
    return -Math.log(probabilities.reduce((a, b) => a + b) / 2);
  });
  const mean = losses.reduce((a, b) => a + b) / losses.length;
  const averaged = rows.find(({ name }) => name === '32 + 64 px')!;
  expect(averaged.testSize).toBe(64);
  expect(averaged.score.loss).toBeCloseTo(mean, 5);
  expect(averaged.score.loss).not.toBeCloseTo(rows[0]!.score.loss, 5);
});
