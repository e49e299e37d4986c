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

export type SeedMeasure = SeedValues & {
  run: RunId;
  /** What was measured, in a few words. */
  name: string;
  /** Differences of accuracy rather than accuracies. */
  gain: boolean;
};

/** Validation accuracy by epoch of a training. */
export function seedEpochs({ done }: Pick<SeedStudy, 'done'>, run: RunId): (SeedValues & { epoch: number })[] {
  const trained = done.filter((one) => one.run === run);
  const epochs = [...new Set(trained.flatMap((one) => one.epochs.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  return epochs.map((epoch) => ({
    epoch,
    ...valuesOf(trained, ({ epochs: own }) => own.find((record) => record.epoch === epoch)?.validation.accuracy),
  }));
}

/** Accuracy by test size. */
export function seedSizes({ done }: Pick<SeedStudy, 'done'>): (SeedValues & { size: number })[] {
  const swept = done.filter(({ run }) => run === 'sweep');
  const sizes = [...new Set(swept.flatMap(({ points }) => points.map(({ size }) => size)))].sort((a, b) => a - b);
  return sizes.map((size) => ({
    size,
    ...valuesOf(swept, ({ points }) => points.find((point) => point.size === size)?.accuracy),
  }));
}

/** Each step's accuracy, what it gained seed by seed, on held-out photos too, and the rows of experiments. */
export function seedMeasures({ done, runs, config }: Pick<SeedStudy, 'done' | 'runs' | 'config'>): SeedMeasure[] {
  const of = (run: RunId) => done.filter((one) => one.run === run);
  const measure = (run: RunId, name: string, value: (one: SeedRun) => number | undefined, gain = false) => {
    const measured = { run, name, gain, ...valuesOf(of(run), value) };
    return measured.values.length > 0 ? [measured] : [];
  };
  const before = (run: RunId, { seed }: SeedRun) => of(run).find((one) => one.seed === seed);
  const overBaseline = (run: RunId, accuracy: (one: SeedRun) => number | undefined) => {
    const label = run === 'sweep' ? 'Best test size over the baseline' : 'Fine-tuned over the baseline';
    return measure(run, label, (one) => minus(accuracy(one), ownAccuracy(before('baseline', one))), true);
  };
  const heldOut = (run: RunId, label: string) =>
    measure(run, `${label}, held-out photos`, (one) => one.heldOut?.accuracy);
  const bestSizeAccuracy = ({ points }: SeedRun) => bestPoint(points, config.selectBy)?.accuracy;
  return [
    ...measure('baseline', 'Baseline, best epoch', ownAccuracy),
    ...heldOut('baseline', 'Baseline'),
    ...measure('sweep', 'Best test size', bestSizeAccuracy),
    ...overBaseline('sweep', bestSizeAccuracy),
    ...heldOut('sweep', 'Best test size'),
    ...measure('finetune', 'Fine-tuned, best epoch', ownAccuracy),
    ...overBaseline('finetune', ownAccuracy),
    ...heldOut('finetune', 'Fine-tuned'),
    ...runs.filter(isExperiment).flatMap((run) => rowMeasures(run, of(run))),
  ];
}

/** Rows by their place: experiments have the same ones whatever the seed, but for names that tell what was found. */
function rowMeasures(run: RunId, done: readonly SeedRun[]): SeedMeasure[] {
  return (done[0]?.rows ?? []).map(({ name, testSize }, i) => ({
    run,
    name: `${name}, ${testSize} px`,
    gain: false,
    ...valuesOf(done, ({ rows }) => rows[i]?.score.accuracy),
  }));
}

function valuesOf(done: readonly SeedRun[], value: (one: SeedRun) => number | undefined): SeedValues {
  const values = done.flatMap((one) => {
    const measured = value(one);
    return measured === undefined ? [] : [{ seed: one.seed, value: measured }];
  });
  return { values, spread: spreadOf(values.map((one) => one.value)) };
}

const minus = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a - b;

const ownAccuracy = (one: SeedRun | undefined): number | undefined => keptScore(one)?.accuracy;
const keptScore = (one: SeedRun | undefined): Score | undefined => one?.epochs.findLast(isKept)?.validation;
