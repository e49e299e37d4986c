import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { runResult, scoreOf, sweepPoint } from '../testing/runs';
import { type SeedStudy, withSeedRun } from './queue';
import { seedEpochs, seedMeasures, seedSizes } from './seedTables';

const plan = { id: 1, runs: ['baseline', 'sweep'], seeds: [42, 43] } as const;
const configOf = (seed: number) => parseStudioConfig({ seed });
const epoch = (number: number, correct: number, best: boolean) => ({
  step: number,
  record: {
    epoch: number,
    train: scoreOf(1, 2),
    validation: scoreOf(correct, 100),
    best,
    seconds: 1,
    imagesPerSecond: 1,
  },
});

function studyOf(): SeedStudy {
  const baseline = (seed: number, correct: readonly number[], best: number) =>
    runResult('baseline', { config: configOf(seed), epochs: correct.map((n, i) => epoch(i + 1, n, i === best)) });
  const sweep = (seed: number, correct: readonly number[]) =>
    runResult('sweep', {
      config: configOf(seed),
      points: correct.map((n, i) => sweepPoint(64 + 32 * i, scoreOf(n, 100))),
      heldOut: { score: scoreOf(5, 10), view: { kind: 'eval', resize: 0, crop: 64 } },
    });
  return [baseline(42, [50, 60], 1), sweep(42, [60, 66]), baseline(43, [58, 54], 0), sweep(43, [58, 57])].reduce(
    (study: SeedStudy | null, result) => withSeedRun(study, plan, result),
    null,
  )!;
}

test('each measurement has a value a seed; gains are taken seed by seed', () => {
  const measures = seedMeasures(studyOf());
  const told = measures.map(({ name, gain, values, spread }) => [
    name,
    gain,
    values.map(({ value }) => Number(value.toFixed(3))),
    Number(spread.mean.toFixed(3)),
  ]);
  expect(told).toEqual([
    ['Baseline, best epoch', false, [0.6, 0.58], 0.59],
    ['Best test size', false, [0.66, 0.58], 0.62],
    ['Best test size over the baseline', true, [0.06, 0], 0.03],
    ['Best test size, held-out photos', false, [0.5, 0.5], 0.5],
  ]);
});

test('curves are tables by epoch and by size, a seed that has not come so far left out', () => {
  const study = studyOf();
  expect(seedEpochs(study, 'baseline').map(({ epoch: at, spread }) => [at, Number(spread.mean.toFixed(3))])).toEqual([
    [1, 0.54],
    [2, 0.57],
  ]);
  expect(seedSizes({ done: study.done.slice(0, 3) })).toMatchObject([
    { size: 64, values: [{ seed: 42, value: 0.6 }], spread: { count: 1, low: null } },
    { size: 96, values: [{ seed: 42, value: 0.66 }] },
  ]);
});

test('runs of another plan are another study', () => {
  const study = withSeedRun(studyOf(), { ...plan, id: 2 }, runResult('baseline', { config: configOf(7) }));
  expect(study).toMatchObject({ id: 2, config: { seed: 7 }, done: [{ run: 'baseline', seed: 7 }] });
});
