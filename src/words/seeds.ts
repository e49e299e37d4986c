/** What several seeds came to, in words. */
import type { Spread } from '../engine/analysis/seedSpread';
import { formatPoints, formatSigned, inPercent } from '../engine/base/accuracyText';
import { RUN_META, type RunId } from '../engine/experiments/meta';
import type { SeedStudy } from '../protocol/queue';
import type { SeedAxis, SeedChart, SeedChartId } from '../protocol/seedCharts';
import { type SeedMeasured, seedMeasures, type SeedValues } from '../protocol/seedTables';
import { formatLoss, formatNoun, formatPercent } from './format';

/** How a value is written: shares in percent, differences of shares in points. */
export type SeedUnit = 'share' | 'points' | 'nats' | 'number';

export const MEASURE_UNITS: Readonly<Record<SeedMeasured, SeedUnit>> = {
  accuracy: 'share',
  gain: 'points',
  loss: 'nats',
  balancedAccuracy: 'share',
  macroF1: 'share',
  calibrationError: 'share',
  temperature: 'number',
};

/** Alone, and as an end of an interval, whose other end has the unit. */
const WRITTEN: Readonly<Record<SeedUnit, (value: number) => string>> = {
  share: formatPercent,
  points: formatPoints,
  nats: formatLoss,
  number: (value) => value.toFixed(3),
};
const BARE: Readonly<Record<SeedUnit, (value: number) => string>> = {
  ...WRITTEN,
  share: (share) => inPercent(share),
  points: formatSigned,
};

/** Of means; an interval by Student's t knows nothing of the ends of a scale. */
export function intervalEnds({ low, high }: Pick<Spread, 'low' | 'high'>, unit: SeedUnit): [number, number] | null {
  if (low === null || high === null) return null;
  if (unit === 'points') return [low, high];
  return [Math.max(0, low), unit === 'share' ? Math.min(1, high) : high];
}

/** "71.9 %, 68.9 to 74.9 %"; without an interval where a single seed has been through. */
export function spreadText(spread: Spread, unit: SeedUnit): string {
  const ends = intervalEnds(spread, unit);
  if (!ends) return WRITTEN[unit](spread.mean);
  const [low, high] = ends;
  if (unit === 'points') return `${formatSigned(spread.mean)}, ${formatSigned(low)} to ${formatSigned(high)} points`;
  return `${WRITTEN[unit](spread.mean)}, ${BARE[unit](low)} to ${WRITTEN[unit](high)}`;
}

/** What was measured with a seed, alone: "71.9 %", of a gain "+1.2 points"; a dash where nothing was. */
export function seedText({ values }: Pick<SeedValues, 'values'>, seed: number, unit: SeedUnit): string {
  const own = values.find((one) => one.seed === seed);
  return own ? WRITTEN[unit](own.value) : '–';
}

export const seedValueText = (value: number, unit: SeedUnit): string => WRITTEN[unit](value);

interface ChartWords {
  /** Of the chart, behind what it is of. */
  title: string;
  unit: SeedUnit;
  /** Of the axis. */
  y: string;
}

export const SEED_CHARTS: Readonly<Record<SeedChartId, ChartWords>> = {
  accuracy: { title: 'accuracy', unit: 'share', y: 'accuracy, %' },
  loss: { title: 'loss', unit: 'nats', y: 'cross entropy, nats' },
  classes: { title: 'accuracy by class', unit: 'share', y: 'accuracy, %' },
  activations: { title: 'pooled activations', unit: 'share', y: 'share up to it, %' },
  zeros: { title: 'activations that are exactly zero', unit: 'share', y: 'share, %' },
  distances: { title: 'how far activations are from those trained with', unit: 'number', y: 'distance' },
  calibration: { title: 'how sure, how right', unit: 'share', y: 'right, %' },
  cost: { title: 'accuracy by the cost of a test', unit: 'share', y: 'accuracy, %' },
};

/** As an axis names it; its values are drawn in that unit, `scale` times as they are kept. */
export const SEED_AXES: Readonly<Record<SeedAxis, { name: string; head: string; scale: number }>> = {
  epoch: { name: 'epoch', head: 'Epoch', scale: 1 },
  size: { name: 'test resolution, px', head: 'Test resolution, px', scale: 1 },
  activation: { name: 'activation', head: 'Activation', scale: 1 },
  confidence: { name: 'confidence, middle of the bin, %', head: 'Confidence, %', scale: 100 },
  macs: { name: 'billions of multiply-accumulates a photo', head: 'Billions of multiply-accumulates', scale: 1e-9 },
};

/** "Baseline over seeds: accuracy". */
export const seedChartTitle = ({ run, id }: Pick<SeedChart, 'run' | 'id'>): string =>
  `${RUN_META[run].label} over seeds: ${SEED_CHARTS[id].title}`;

/** "3 seeds (42 to 44)", "2 of 3 seeds": those that have been through `runs`. */
export function seedsText(study: SeedStudy, runs: readonly RunId[] = study.runs): string {
  const { seeds } = study;
  const through = seedsThrough(study, runs);
  if (through < seeds.length) return `${through} of ${formatNoun(seeds.length, 'seed')}`;
  return `${formatNoun(seeds.length, 'seed')} (${seeds[0]} to ${seeds.at(-1)})`;
}

const seedsThrough = ({ seeds, done }: SeedStudy, runs: readonly RunId[]): number =>
  seeds.filter((seed) => runs.every((run) => done.some((one) => one.run === run && one.seed === seed))).length;

export const INTERVAL_NOTE =
  'Mean and its 95 % interval by Student’s t over seeds: same photos, other order, views and first weights.';

/** @param drawn Of so many curves. */
export function seedChartSentence(study: SeedStudy, run: RunId, drawn: number, curves: number): string {
  const few = drawn < curves ? ` Drawn are the ${drawn} that differ most; the table has all ${curves}.` : '';
  const note = seedsThrough(study, [run]) > 1 ? INTERVAL_NOTE : 'A mean and its interval take two.';
  return `${seedsText(study, [run])}. ${note}${few}`;
}

/** The terminal's table. */
export function seedLines(study: SeedStudy): string[] {
  const measures = seedMeasures(study);
  if (measures.length === 0) return [];
  const width = Math.max(...measures.map(({ name }) => name.length));
  return [
    `Over ${seedsText(study)}. ${INTERVAL_NOTE}`,
    ...measures.map(
      (measure) => `  ${measure.name.padEnd(width)}  ${spreadText(measure.spread, MEASURE_UNITS[measure.what])}`,
    ),
    ...(study.runs.includes('baseline')
      ? [`Weights and predictions are those of seed ${study.done.at(-1)!.seed}, the last.`]
      : []),
  ];
}
