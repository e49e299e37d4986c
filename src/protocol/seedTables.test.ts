import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { runResult, scoreOf, sweepPoint } from '../testing/runs';
import { seedStudy } from '../testing/seeds';
import { type SeedStudy, withSeedRun } from './queue';
import { seedMeasures } from './seedTables';

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
    (study: SeedStudy | null, result) => withSeedRun(study, plan, result, null),
    null,
  )!;
}

test('each measurement has a value a seed; gains are taken seed by seed', () => {
  const measures = seedMeasures(studyOf());
  const shares = measures.filter(({ what }) => what !== 'loss');
  const told = shares.map(({ name, what, values, spread }) => [
    name,
    what,
    values.map(({ value }) => Number(value.toFixed(3))),
    Number(spread.mean.toFixed(3)),
  ]);
  expect(told).toEqual([
    ['Baseline, best epoch', 'accuracy', [0.6, 0.58], 0.59],
    ['Best test size', 'accuracy', [0.66, 0.58], 0.62],
    ['Best test size over the baseline', 'gain', [0.06, 0], 0.03],
    ['Best test size, held-out photos', 'accuracy', [0.5, 0.5], 0.5],
  ]);
});

test('rows of an experiment are told apart by their sizes, views and networks', () => {
  const { done, runs, config } = seedStudy([42, 43]);
  const names = seedMeasures({ done, runs, config }).flatMap(({ run, name }) => (run === 'trainTest' ? [name] : []));
  expect(names).toContain('as trained, trained at 64 px, tested at 96 px');
  expect(names).toContain('fine-tuned, train views, trained at 128 px, tested at 160 px');
  expect(new Set(names).size).toBe(16);
});

test('calibration and what counts classes alike have a value a seed; a loss that ran away has none', () => {
  const { done, runs, config } = seedStudy([42, 43]);
  const valuesOf = (of: typeof done) =>
    new Map(
      seedMeasures({ done: of, runs, config }).map(({ name, values }) => [name, values.map(({ value }) => value)]),
    );
  const measures = valuesOf(done);
  expect(measures.get('Baseline, balanced accuracy')).toEqual([0.6, 0.6]);
  expect(measures.get('Fine-tuned, loss')!.map((loss) => Number(loss.toFixed(3)))).toEqual([1.4, 1.38]);
  // All are 64.9 % sure; 75 and 77 of 100 are right.
  expect(measures.get('Baseline, expected calibration error')!.map((ece) => Number(ece.toFixed(3)))).toEqual([
    0.101, 0.121,
  ]);
  const away = done.map((one) => ({
    ...one,
    epochs: one.epochs.map((epoch) =>
      one.seed === 43 ? { ...epoch, validation: { ...epoch.validation, loss: Infinity } } : epoch,
    ),
  }));
  expect(valuesOf(away).get('Baseline, loss')).toHaveLength(1);
});

test('runs of another plan are another study', () => {
  const study = withSeedRun(studyOf(), { ...plan, id: 2 }, runResult('baseline', { config: configOf(7) }), null);
  expect(study).toMatchObject({ id: 2, config: { seed: 7 }, done: [{ run: 'baseline', seed: 7 }] });
});
