/** Kept runs and published ones as curves over one another, and where their settings differ. */
import { STUDIO_FIELDS, type StudioConfig } from '../engine/experiments/meta';
import { type EpochRecord, isKept, type Score, type SweepPoint } from '../engine/base/records';
import { formatAccuracy } from '../words/format';
import type { KeptRun } from './state';

export interface Curve {
  name: string;
  /** Not measured here. */
  published: boolean;
  /** `digitised`: read off a plot, as no text or table tells it. */
  points: readonly { x: number; y: number; digitised?: boolean }[];
}

/** Accuracies in percent; losses in nats; CDFs by activation, shares in percent. */
export interface Curves {
  epochs: Curve[];
  losses: Curve[];
  sizes: Curve[];
  activations: Curve[];
}

/** The validation accuracy and both losses by epoch, accuracy by test resolution, and activations at the best one. */
export function curvesOf(runs: readonly KeptRun[]): Curves {
  const own = (name: string, points: Curve['points']): Curve[] => {
    return points.length > 0 ? [{ name, published: false, points }] : [];
  };
  return {
    epochs: runs.flatMap((run) => [
      ...own(run.name, accuracies(run.baseline)),
      ...own(`${run.name}, fine-tuned`, accuracies(run.finetune?.epochs ?? [])),
    ]),
    losses: runs.flatMap(({ name, baseline, finetune }) => [
      ...own(`${name}, training`, losses(baseline, 'train')),
      ...own(`${name}, validation`, losses(baseline, 'validation')),
      ...own(`${name}, fine-tuned, training`, losses(finetune?.epochs ?? [], 'train')),
      ...own(`${name}, fine-tuned, validation`, losses(finetune?.epochs ?? [], 'validation')),
    ]),
    sizes: runs.flatMap(({ name, sweep }) =>
      own(
        name,
        sweep.map(({ size, accuracy }) => ({ x: size, y: 100 * accuracy })),
      ),
    ),
    activations: runs.flatMap(({ name, sweep }) => {
      const best = bestOf(sweep);
      return best ? own(`${name}, ${best.size} px`, percentCdf(best.activations.cdf)) : [];
    }),
  };
}

const accuracies = (epochs: readonly EpochRecord[]) =>
  epochs.map(({ epoch, validation }) => ({ x: epoch, y: 100 * validation.accuracy }));

const losses = (epochs: readonly EpochRecord[], split: 'train' | 'validation') =>
  epochs.map((record) => ({ x: record.epoch, y: record[split].loss }));

const bestOf = (points: readonly SweepPoint[]) =>
  points.reduce<SweepPoint | null>((best, point) => (best && best.accuracy >= point.accuracy ? best : point), null);

const percentCdf = (cdf: SweepPoint['activations']['cdf']) => cdf.map(({ x, p }) => ({ x, y: 100 * p }));

/** Rows of a chart with one column a curve, by its place; x of all curves, in order. */
export function overlayRows(curves: readonly Curve[]): Record<string, number>[] {
  const rows = new Map<number, Record<string, number>>();
  curves.forEach(({ points }, i) => {
    for (const { x, y } of points) rows.set(x, { ...rows.get(x), x, [String(i)]: y });
  });
  return [...rows.values()].sort((a, b) => a['x']! - b['x']!);
}

/** Settings that are not the same in all runs. */
export function differingSettings(runs: readonly KeptRun[]): { label: string; values: string[] }[] {
  const keys = Object.keys(STUDIO_FIELDS) as (keyof StudioConfig)[];
  return keys.flatMap((key) => {
    const values = runs.map(({ config }) => String(config[key] ?? '–'));
    return new Set(values).size > 1 ? [{ label: STUDIO_FIELDS[key].label, values }] : [];
  });
}

/** A run's results in short: each step's best. */
export function figuresOf({ baseline, sweep, finetune }: KeptRun): string[] {
  const bestEpoch = (epochs: readonly EpochRecord[]) => epochs.findLast(isKept)?.validation;
  const [own, tuned] = [bestEpoch(baseline), finetune && bestEpoch(finetune.epochs)];
  const best = bestOf(sweep);
  return [
    own ? accuracyOf(own) : '–',
    best ? `${accuracyOf(best)} at ${best.size} px` : '–',
    finetune && tuned ? `${accuracyOf(tuned)} at ${finetune.size} px` : '–',
  ];
}

const accuracyOf = ({ accuracy, count }: Score) => formatAccuracy(accuracy, count);
