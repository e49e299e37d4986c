/** What several seeds came to together: each measurement's values and their spread, for page, terminal and files alike. */
import { bestPoint } from '../engine/analysis/sizeChoice';
import { type Spread, spreadOf } from '../engine/analysis/seedSpread';
import { isKept, type Score } from '../engine/base/records';
import { isExperiment, type RunId } from '../engine/experiments/meta';
import type { SeedRun, SeedStudy } from './queue';

export interface SeedValues {
  values: readonly { seed: number; value: number }[];
  spread: Spread;
}

export type SeedMeasured =
  | 'accuracy'
  | 'gain'
  | 'loss'
  | 'balancedAccuracy'
  | 'macroF1'
  | 'calibrationError'
  | 'temperature';

export type SeedMeasure = SeedValues & {
  run: RunId;
  /** What was measured, in a few words. */
  name: string;
  what: SeedMeasured;
};

type MeasureOf = (
  name: string,
  what: SeedMeasured,
  value: (one: SeedRun) => number | null | undefined,
) => SeedMeasure[];

/** Each step's figures, what it gained seed by seed, on held-out photos too, and the rows of experiments. */
export function seedMeasures({ done, runs, config }: Pick<SeedStudy, 'done' | 'runs' | 'config'>): SeedMeasure[] {
  const of = (run: RunId) => done.filter((one) => one.run === run);
  const before = ({ seed }: SeedRun) => keptScore(of('baseline').find((one) => one.seed === seed));
  const bestSize = ({ points }: SeedRun) => bestPoint(points, config.selectBy);
  const step = (run: RunId, label: string, score: (one: SeedRun) => Score | null | undefined, gain?: string) => {
    const measure: MeasureOf = (name, what, value) => measureOf(of(run), { run, name, what }, value);
    const kept = run === 'sweep' ? label : `${label}, best epoch`;
    return [
      ...measure(kept, 'accuracy', (one) => score(one)?.accuracy),
      ...(gain ? measure(gain, 'gain', (one) => minus(score(one)?.accuracy, before(one)?.accuracy)) : []),
      ...measure(`${label}, held-out photos`, 'accuracy', (one) => one.heldOut?.accuracy),
      ...measure(`${label}, loss`, 'loss', (one) => score(one)?.loss),
      ...measure(`${label}, balanced accuracy`, 'balancedAccuracy', (one) => score(one)?.balancedAccuracy),
      ...measure(`${label}, macro F1`, 'macroF1', (one) => score(one)?.macroF1),
      ...measure(`${label}, expected calibration error`, 'calibrationError', (one) => one.calibration?.ece),
      ...measure(`${label}, temperature`, 'temperature', (one) => one.calibration?.temperature),
    ];
  };
  return [
    ...step('baseline', 'Baseline', keptScore),
    ...step('sweep', 'Best test size', bestSize, 'Best test size over the baseline'),
    ...step('finetune', 'Fine-tuned', keptScore, 'Fine-tuned over the baseline'),
    ...runs.filter(isExperiment).flatMap((run) => rowMeasures(run, of(run))),
  ];
}

/** Rows by their place: experiments have the same ones whatever the seed, but for names that tell what was found. */
function rowMeasures(run: RunId, done: readonly SeedRun[]): SeedMeasure[] {
  const first = done[0]?.rows ?? [];
  const several = new Set(first.map(({ trainSize }) => trainSize)).size > 1;
  return first.flatMap(({ name, views, trainSize, testSize }, i) => {
    const way = `${name}${views ? `, ${views} views` : ''}${several ? `, trained at ${trainSize} px` : ''}`;
    const what = { run, name: `${way}, ${several ? 'tested at ' : ''}${testSize} px`, what: 'accuracy' as const };
    return measureOf(done, what, ({ rows }) => rows[i]?.score.accuracy);
  });
}

/** None where no seed has a value. */
function measureOf(
  done: readonly SeedRun[],
  what: Pick<SeedMeasure, 'run' | 'name' | 'what'>,
  value: (one: SeedRun) => number | null | undefined,
): SeedMeasure[] {
  const measured = valuesOf(done, value);
  return measured.values.length > 0 ? [{ ...what, ...measured }] : [];
}

/** Of the seeds that have one; a loss that has run away is none. */
export function valuesOf(done: readonly SeedRun[], value: (one: SeedRun) => number | null | undefined): SeedValues {
  const values = done.flatMap((one) => {
    const measured = value(one);
    return typeof measured === 'number' && Number.isFinite(measured) ? [{ seed: one.seed, value: measured }] : [];
  });
  return { values, spread: spreadOf(values.map((one) => one.value)) };
}

const minus = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a - b;

const keptScore = (one: SeedRun | undefined): Score | undefined => one?.epochs.findLast(isKept)?.validation;
