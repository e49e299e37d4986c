/** Several seeds as rows of charts, and as tables: shares in percent. */
import { inPercent } from '../engine/base/accuracyText';
import type { RunId } from '../engine/experiments/meta';
import type { SeedStudy } from '../protocol/queue';
import { type SeedChart, seedCharts, type SeedPoint } from '../protocol/seedCharts';
import { type SeedMeasure, seedMeasures, type SeedValues, valuesOf } from '../protocol/seedTables';
import {
  intervalEnds,
  MEASURE_UNITS,
  SEED_AXES,
  SEED_CHARTS,
  seedText,
  type SeedUnit,
  spreadText,
} from '../words/seeds';
import type { DotRow } from './chartRows';
import { type ChartTable, type Column, tableOf } from './chartTable';
import type { SizePair } from './trainTest';

/**
 * Of a chart, at one place of its axis; of its `c`th curve the mean `m0`, its interval `b0` (none of a single seed), and what
 * the `i`th seed has, `v0-i`.
 */
export type SeedRow = { x: number } & {
  [mean: `m${number}`]: number;
  [band: `b${number}`]: [number, number];
  [seed: `v${number}-${number}`]: number;
};

export interface SeedChartData {
  chart: SeedChart;
  study: SeedStudy;
  rows: readonly SeedRow[];
  table: ChartTable;
}

/** Of a run; none where it has been through with no seed. */
export function seedChartsOf(study: SeedStudy | null, run: RunId, classes: readonly string[]): SeedChartData[] {
  if (!study) return [];
  const { seeds } = study;
  return seedCharts(study, classes).flatMap((chart) =>
    chart.run === run ? [{ chart, study, rows: rowsOf(chart, seeds), table: chartTable(chart, seeds) }] : [],
  );
}

function rowsOf({ id, x: axis, curves }: SeedChart, seeds: readonly number[]): SeedRow[] {
  const { unit } = SEED_CHARTS[id];
  const drawn = unit === 'share' ? 100 : 1;
  const rows = new Map<number, SeedRow>();
  for (const [c, { points }] of curves.entries()) {
    for (const { x, values, spread } of points) {
      const row: SeedRow = rows.get(x) ?? { x: x * SEED_AXES[axis].scale };
      rows.set(x, row);
      row[`m${c}`] = drawn * spread.mean;
      const ends = intervalEnds(spread, unit);
      if (ends) row[`b${c}`] = [drawn * ends[0], drawn * ends[1]];
      for (const { seed, value } of values) row[`v${c}-${seeds.indexOf(seed)}`] = drawn * value;
    }
  }
  return [...rows.values()].sort((a, b) => a.x - b.x);
}

function chartTable({ id, x: axis, curves }: SeedChart, seeds: readonly number[]): ChartTable {
  const { unit } = SEED_CHARTS[id];
  const { head, scale } = SEED_AXES[axis];
  const points = curves.flatMap(({ name, points: own }) => own.map((point) => ({ ...point, name })));
  type Row = SeedPoint & { name: string };
  const at = ({ x }: Row) => Number((x * scale).toPrecision(4));
  return tableOf(points, [
    ...(curves.length > 1 ? [{ head: 'Curve', show: ({ name }: Row) => name }] : []),
    { head, show: at, data: { [head]: ({ x }: Row) => x * scale } },
    ...valueColumns<Row>(seeds, () => unit),
  ]);
}

/** What a run came to over the seeds, and what it gained. */
export function seedMeasureTable(study: SeedStudy, run: RunId): ChartTable {
  const measures = seedMeasures(study).filter((one) => one.run === run);
  return tableOf(measures, [
    { head: 'Measured', show: ({ name }) => name },
    ...valueColumns<SeedMeasure>(study.seeds, ({ what }) => MEASURE_UNITS[what]),
  ]);
}

/** Accuracies alone as lines of a chart, each with its seeds. */
export function seedDots(study: SeedStudy, runs: readonly RunId[]): DotRow[] {
  return seedMeasures(study)
    .filter(({ run, what }) => runs.includes(run) && what === 'accuracy')
    .map(({ name, spread, values }) => {
      const [low, high] = intervalEnds(spread, 'share') ?? [spread.mean, spread.mean];
      return {
        label: name,
        accuracy: 100 * spread.mean,
        reach: [100 * (spread.mean - low), 100 * (high - spread.mean)],
        photos: 0,
        kind: 'test',
        seeds: values.map(({ value }) => 100 * value),
      };
    });
}

/** Of a table of train and test sizes: means, each with half of its interval. */
export function seedPairs({ done }: SeedStudy, run: RunId): SizePair[] {
  const own = done.filter((one) => one.run === run);
  return (own[0]?.rows ?? []).map(({ name, trainSize, testSize }, i) => {
    const { mean, high } = valuesOf(own, ({ rows }) => rows[i]?.score.accuracy).spread;
    const half = high === null ? '' : ` ± ${inPercent(high - mean)}`;
    return { name, trainSize, testSize, accuracy: mean, text: `${inPercent(mean)}${half} %` };
  });
}

function valueColumns<T extends SeedValues>(seeds: readonly number[], unitOf: (row: T) => SeedUnit): Column<T>[] {
  return [
    {
      head: 'Mean and 95 % interval',
      show: (row) => spreadText(row.spread, unitOf(row)),
      data: {
        mean: ({ spread }) => spread.mean,
        low: ({ spread }) => spread.low,
        high: ({ spread }) => spread.high,
      },
    },
    ...seeds.map((seed) => ({
      head: `Seed ${seed}`,
      show: (row: T) => seedText(row, seed, unitOf(row)),
      data: { [`seed ${seed}`]: ({ values }: T) => values.find((one) => one.seed === seed)?.value },
    })),
  ];
}

/** All that is drawn of some curves: means, ends of intervals, single seeds. */
export const valuesIn = (rows: readonly SeedRow[], curves: readonly number[], seeds: number): number[] =>
  rows.flatMap((row) =>
    curves.flatMap((c) =>
      [
        row[`m${c}`] ?? [],
        row[`b${c}`] ?? [],
        Array.from({ length: seeds }, (_, i) => row[`v${c}-${i}`] ?? []).flat(),
      ].flat(),
    ),
  );
