/** The experiments beyond the three steps, on photos of three colours: what the GPU's numbers decide. */
import { expect, test } from 'vitest';
import { evaluationsIn, finish, newContext, rowsIn } from '../../testing/experimentRun';
import { changedKeys } from '../../testing/hostStates';
import { nodeBackend } from '../../hosts/node/gpu';
import { PATTERN_CLASSES } from '../../testing/patterns';
import type { HostState } from '../nn/state';
import type { TrainingRun } from '../train/run';
import { EvaluationCache } from './evaluationCache';
import { parseStudioConfig, type StudioConfig } from './meta';

const backend = await nodeBackend();
const { adaptation } = await import('./adaptation/run');
const { evaluateViews } = await import('./evaluations');
const { sweep } = await import('./sweep/run');
const { tunePart } = await import('./tunePart');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({
    batchSize: 8,
    epochs: 1,
    trainSize: 40,
    evalResize: 50,
    evalCrop: 40,
    tuneEpochs: 1,
  }),
  arch: 'tiny18',
};
const specs = stateSpecs(config.arch, PATTERN_CLASSES.length);
const weights = { arch: config.arch, state: initialHostState(specs, config.seed) };

const classifier = ['fc.bias', 'fc.weight'];
const moved = (norm: string) => ['num_batches_tracked', 'running_mean', 'running_var'].map((key) => `${norm}.${key}`);
const statistics = [...classifier, ...moved('layer4.1.bn2')];

test.each([
  ['classifier', classifier],
  ['statistics', statistics],
  ['affine', [...statistics, 'layer4.1.bn2.bias', 'layer4.1.bn2.weight']],
  ['lastBlock', specs.map(({ key }) => key).filter((key) => /^(fc|layer4\.1)\./.test(key))],
  ['all', specs.map(({ key }) => key)],
] as const)('tuning %s leaves every frozen tensor the same to the bit', async (part, expected) => {
  const tuning = { part, views: 'test', size: 48 } as const;
  const trained: TrainingRun[] = [];
  const context = { ...newContext(backend), onTraining: (run: TrainingRun) => trained.push(run) };
  await finish(backend, tunePart(context, config, weights, tuning));
  expect(changedKeys(weights.state, trained[0]!.kept!.state)).toEqual([...expected].sort());
});

test('adaptation measures every size without, with one law, and with a map a channel', async () => {
  const context = newContext(backend);
  const sizes = { ...config, sweepSizes: [40, 64] };
  const { records } = await finish(backend, adaptation(context, sizes, weights));
  expect(rowsIn(records).map(({ name, testSize, score }) => [name, testSize, score.count])).toEqual([
    ['no adaptation', 64, 7],
    ['one Fréchet law', 64, 7],
    ['a Gaussian a channel', 64, 7],
  ]);
  const [plain, law, channels] = rowsIn(records);
  expect(law!.note).toMatch(/^μ .*, σ .* → μ .*, σ /);
  expect(new Set([plain, law, channels].map((row) => row!.score.loss)).size).toBe(3);
  expect(context.kept).toEqual([]);
});

test('the best size is found without measuring any twice, and nothing the second time', async () => {
  const best = { ...config, sweepMode: 'best', sweepFrom: 32, sweepTo: 96 } as const;
  const context = newContext(backend);
  const find = () => finish(backend, sweep(context, best, weights));
  const first = (await find()).records;
  const points = first.flatMap((one) => (one.kind === 'sweepPoint' ? [one.point] : []));
  // The baseline's own view is the size trained at, which the search starts with.
  expect(points.map(({ size }) => size).slice(0, 2)).toEqual([40, 40]);
  expect(new Set(points.map(({ size }) => size))).toEqual(new Set([32, 40, 64, 96]));
  expect(evaluationsIn(first)).toBe(4);
  const last = first.at(-1);
  expect(last).toMatchObject({ kind: 'recommendation' });
  expect(points.map(({ size }) => size)).toContain(last?.kind === 'recommendation' && last.recommendation.best);
  const again = (await find()).records;
  expect(evaluationsIn(again)).toBe(0);
  expect(again).toEqual(first.filter(({ kind }) => kind === 'sweepPoint' || kind === 'recommendation'));
});

test('evaluations are remembered by weights and view', async () => {
  const context = newContext(backend);
  context.cache = new EvaluationCache();
  const measure = (state: HostState, resize: number) => {
    const view = { kind: 'eval', resize, crop: 32 } as const;
    const next = ({ length }: readonly unknown[]) => (length === 0 ? view : null);
    return finish(backend, evaluateViews(context, { arch: config.arch, state }, { batchSize: 8, next }));
  };
  const first = await measure(weights.state, 36);
  expect(evaluationsIn(first.records)).toBe(1);
  expect((await measure(weights.state, 36)).records).toEqual([]);
  expect(evaluationsIn((await measure(weights.state, 40)).records)).toBe(1);
  const other = await measure(initialHostState(specs, 7), 36);
  expect(evaluationsIn(other.records)).toBe(1);
  expect(other.result[0]!.logits).not.toEqual(first.result[0]!.logits);
});
