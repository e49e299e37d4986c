/** The experiments beyond the three steps, from end to end on photos of three colours. */
import { expect, test } from 'vitest';
import { changedKeys, finish, newContext } from '../../testing/experimentRun';
import { nodeBackend } from '../../testing/nodeGpu';
import { PATTERN_CLASSES } from '../../testing/patterns';
import type { HostState } from '../nn/state';
import type { RunRecord } from '../train/records';
import type { AblationRow } from './ablation';
import type { LowResolutionRow } from './lowResolution';
import { parseStudioConfig } from './meta';

const backend = await nodeBackend();
const { ablation } = await import('./ablation');
const { EvaluationCache, evaluateViews } = await import('./evaluations');
const { findBest } = await import('./findBest');
const { lowResolution, lowResolutionPairs } = await import('./lowResolution');
const { PARTS } = await import('./parts');
const { stateSpecs } = await import('../models/resnet');
const { initialHostState } = await import('../nn/state');

const config = parseStudioConfig({ arch: 'resnet18', batchSize: 8, epochs: 1, trainSize: 40, tuneEpochs: 1 });
const specs = stateSpecs(config.arch, PATTERN_CLASSES.length);
const weights = { arch: config.arch, state: initialHostState(specs, config.seed) };
const evaluationsIn = (records: RunRecord[]) =>
  records.filter((one) => one.kind === 'phase' && one.phase === 'evaluating').length;

test('the ablation fills the table and leaves every frozen tensor the same to the bit', async () => {
  const context = newContext(backend);
  const rows: { row: AblationRow; state: HostState }[] = [];
  const { records } = await finish(
    backend,
    ablation(context, config, weights, { sizes: [48] }, (row, state) => rows.push({ row, state })),
  );
  expect(rows.map(({ row }) => [row.part, row.views, row.size, row.score.count])).toEqual([
    ['none', null, 48, 7],
    ...PARTS.slice(1).flatMap((part) => [
      [part, 'train', 48, 7],
      [part, 'test', 48, 7],
    ]),
  ]);
  const classifier = ['fc.bias', 'fc.weight'];
  const moved = (norm: string) => ['num_batches_tracked', 'running_mean', 'running_var'].map((key) => `${norm}.${key}`);
  const statistics = [...classifier, ...moved('layer4.1.bn2')];
  const expected = {
    none: [],
    classifier,
    statistics,
    affine: [...statistics, 'layer4.1.bn2.bias', 'layer4.1.bn2.weight'],
    lastBlock: specs.map(({ key }) => key).filter((key) => /^(fc|layer4\.1)\./.test(key)),
    all: specs.map(({ key }) => key),
  };
  for (const { row, state } of rows) {
    expect(changedKeys(weights.state, state), row.part).toEqual([...expected[row.part]].sort());
  }
  expect(evaluationsIn(records)).toBe(rows.length);
  // The session's own weights are not replaced.
  expect(context.kept).toEqual([]);
});

test('low-resolution training fills its three rows with two networks', async () => {
  const rows: LowResolutionRow[] = [];
  const { records } = await finish(
    backend,
    lowResolution(newContext(backend), config, (row) => rows.push(row)),
  );
  expect(rows.map(({ trainSize, testSize, score }) => [trainSize, testSize, score.count])).toEqual([
    [32, 40, 7],
    [40, 40, 7],
    [40, 50, 7],
  ]);
  // An epoch of each network is evaluated at 40 px; only 50 px is new.
  expect(evaluationsIn(records)).toBe(3);
  const trained = records.flatMap((one) => (one.kind === 'phase' && one.phase === 'training' ? [one.size] : []));
  expect(trained).toEqual([32, 40]);
});

test('the sizes of the blog’s exercise', () => {
  expect(lowResolutionPairs(224)).toEqual([
    { trainSize: 179, testSize: 224 },
    { trainSize: 224, testSize: 224 },
    { trainSize: 224, testSize: 280 },
  ]);
  expect(lowResolutionPairs(224, 160)[0]).toEqual({ trainSize: 160, testSize: 224 });
});

test('finding the best size measures none twice, and nothing the second time', async () => {
  const cache = new EvaluationCache();
  const find = () => findBest(newContext(backend), config, weights, { from: 32, to: 96 }, cache);
  const context = newContext(backend);
  const first = await finish(backend, findBest(context, config, weights, { from: 32, to: 96 }, cache));
  const sizes = first.result.evaluations.map(({ view }) => view.crop);
  expect(new Set(sizes)).toEqual(new Set([32, 64, 96]));
  expect(sizes).toHaveLength(3);
  expect(sizes).toContain(first.result.recommendation.best);
  const again = await finish(backend, findBest(context, config, weights, { from: 32, to: 96 }, cache));
  expect(again.records).toEqual([]);
  expect(again.result).toEqual(first.result);
  // Another data set is another matter.
  expect(evaluationsIn((await finish(backend, find())).records)).toBe(3);
});

test('evaluations are remembered by weights and view', async () => {
  const context = newContext(backend);
  const cache = new EvaluationCache();
  const measure = (state: HostState, resize: number) => {
    const view = { kind: 'eval', resize, crop: 32 } as const;
    const next = ({ length }: readonly unknown[]) => (length === 0 ? view : null);
    return finish(backend, evaluateViews(context, { arch: config.arch, state }, { batchSize: 8, next }, cache));
  };
  const first = await measure(weights.state, 36);
  expect(evaluationsIn(first.records)).toBe(1);
  expect((await measure(weights.state, 36)).records).toEqual([]);
  expect(evaluationsIn((await measure(weights.state, 40)).records)).toBe(1);
  const other = await measure(initialHostState(specs, 7), 36);
  expect(evaluationsIn(other.records)).toBe(1);
  expect(other.result[0]!.logits).not.toEqual(first.result[0]!.logits);
});
