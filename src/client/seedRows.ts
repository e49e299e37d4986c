/** Several seeds as rows of charts, and as tables: accuracies in percent. */
import type { RunId } from '../engine/experiments/meta';
import type { SeedStudy } from '../protocol/queue';
import { seedEpochs, seedMeasures, seedSizes, type SeedMeasure, type SeedValues } from '../protocol/seedTables';
import { seedText, spreadText } from '../words/seeds';
import { type ChartTable, type Column, tableOf } from './chartTable';

/** Of a chart: the mean, its interval, and each seed's own value by its place. */
export interface SeedRow {
  x: number;
  mean: number;
  /** Absent of a single seed. */
  band?: [number, number];
  [seed: `s${number}`]: number;
}

export interface SeedChartData {
  rows: readonly SeedRow[];
  seeds: readonly number[];
  table: ChartTable;
}

/** Null where no run of that kind has been through with a seed. */
export function seedChart(study: SeedStudy | null, run: RunId): SeedChartData | null {
  if (!study) return null;
  const points =
    run === 'sweep'
      ? seedSizes(study).map(({ size, ...values }) => ({ x: size, ...values }))
      : seedEpochs(study, run).map(({ epoch, ...values }) => ({ x: epoch, ...values }));
  if (points.length === 0) return null;
  const { seeds } = study;
  return { rows: points.map((point) => rowOf(point, seeds)), seeds, table: pointTable(points, run, seeds) };
}

function rowOf({ x, values, spread }: SeedValues & { x: number }, seeds: readonly number[]): SeedRow {
  const { mean, low, high } = spread;
  const own = values.map(({ seed, value }) => [`s${seeds.indexOf(seed)}`, 100 * value] as const);
  const band = low === null || high === null ? {} : { band: [clamped(low), clamped(high)] as [number, number] };
  return { x, mean: 100 * mean, ...band, ...Object.fromEntries(own) };
}

/** An interval by Student's t knows nothing of the ends of the scale. */
const clamped = (share: number): number => 100 * Math.min(1, Math.max(0, share));

function pointTable(points: readonly (SeedValues & { x: number })[], run: RunId, seeds: readonly number[]): ChartTable {
  const first: Column<(typeof points)[number]> =
    run === 'sweep'
      ? { head: 'Test resolution', show: ({ x }) => `${x} px`, data: { 'test resolution, px': ({ x }) => x } }
      : { head: 'Epoch', show: ({ x }) => x };
  return tableOf(points, [
    first,
    ...valueColumns<SeedValues>(seeds, ({ values, spread }) => ({ values, spread, gain: false })),
  ]);
}

/** What a run came to over the seeds, and what it gained. */
export function seedMeasureTable(study: SeedStudy, run: RunId): ChartTable {
  const measures = seedMeasures(study).filter((one) => one.run === run);
  return tableOf(measures, [
    { head: 'Measured', show: ({ name }) => name },
    ...valueColumns<SeedMeasure>(study.seeds, (measure) => measure),
  ]);
}

function valueColumns<T>(seeds: readonly number[], measured: (row: T) => SeedValues & { gain: boolean }): Column<T>[] {
  const valueOf = (row: T, seed: number) => measured(row).values.find((one) => one.seed === seed)?.value;
  return [
    {
      head: 'Mean and 95 % interval',
      show: (row) => spreadText(measured(row)),
      data: {
        mean: (row) => measured(row).spread.mean,
        low: (row) => measured(row).spread.low,
        high: (row) => measured(row).spread.high,
      },
    },
    ...seeds.map((seed) => ({
      head: `Seed ${seed}`,
      show: (row: T) => seedText(measured(row), seed),
      data: { [`seed ${seed}`]: (row: T) => valueOf(row, seed) },
    })),
  ];
}
