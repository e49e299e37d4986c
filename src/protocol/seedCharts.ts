/** What several seeds came to along an axis: for each chart of a run its curves, with every seed's values and their spread. */
import { cdfAlong, cdfEnd } from '../engine/analysis/cdf';
import type { EpochRecord } from '../engine/base/records';
import type { RunId } from '../engine/experiments/meta';
import type { SeedRun, SeedStudy, SizedScore } from './queue';
import { type SeedValues, valuesOf } from './seedTables';

export type SeedChartId =
  | 'accuracy'
  | 'loss'
  | 'classes'
  | 'activations'
  | 'zeros'
  | 'distances'
  | 'calibration'
  | 'cost';

/** px; activations as they are; shares of 1; multiply-accumulates a photo. */
export type SeedAxis = 'epoch' | 'size' | 'activation' | 'confidence' | 'macs';

export interface SeedPoint extends SeedValues {
  x: number;
}

export interface SeedCurve {
  /** Of its chart alone. */
  name: string;
  points: readonly SeedPoint[];
}

export interface SeedChart {
  run: RunId;
  id: SeedChartId;
  x: SeedAxis;
  curves: readonly SeedCurve[];
}

/** Of a distribution, along its axis. */
const CDF_POINTS = 60;

type Pairs = readonly (readonly [x: number, value: number | null | undefined])[];

/**
 * In the order of the runs; none that has nothing to show. A seed that has not come so far is left out of the points.
 * @param classes Their names.
 */
export function seedCharts({ done, runs }: Pick<SeedStudy, 'done' | 'runs'>, classes: readonly string[]): SeedChart[] {
  return runs.flatMap((run) => {
    const own = done.filter((one) => one.run === run);
    const chart = (id: SeedChartId, x: SeedAxis, curves: readonly SeedCurve[]): SeedChart[] => {
      const drawn = curves.filter(({ points }) => points.length > 0);
      return drawn.length > 0 ? [{ run, id, x, curves: drawn }] : [];
    };
    const curve = (name: string, pairs: (one: SeedRun) => Pairs) => curveOf(own, name, pairs);
    const epochs = (name: string, value: (record: EpochRecord) => number) =>
      curve(name, (one) => one.epochs.map((record) => [record.epoch, value(record)]));
    const sizes = (name: string, value: (point: SizedScore) => number | null | undefined) =>
      curve(name, ({ points }) => points.map((point) => [point.size, value(point)]));
    return [
      ...chart('accuracy', 'epoch', [
        epochs('validation', ({ validation }) => validation.accuracy),
        epochs('training', ({ train }) => train.accuracy),
      ]),
      ...chart('loss', 'epoch', [
        epochs('validation', ({ validation }) => validation.loss),
        epochs('training', ({ train }) => train.loss),
      ]),
      ...chart('accuracy', 'size', [sizes('validation', ({ accuracy }) => accuracy), ...rowCurves(own, 'testSize')]),
      ...chart('loss', 'size', [sizes('validation', ({ loss }) => loss)]),
      ...chart(
        'classes',
        'size',
        classes.map((name, k) => sizes(name, (point) => point.classes?.[k])),
      ),
      ...chart('zeros', 'size', [sizes('exactly zero', ({ zeroFraction }) => zeroFraction)]),
      ...chart('distances', 'size', [
        sizes('Kolmogorov-Smirnov', ({ distance }) => distance?.ks),
        sizes('Wasserstein', ({ distance }) => distance?.w1),
      ]),
      ...chart('activations', 'activation', activationCurves(own)),
      ...chart('cost', 'macs', rowCurves(own, 'testMacs')),
      ...chart('calibration', 'confidence', [
        curve('right', ({ calibration }) =>
          (calibration?.bins ?? []).map(({ from, to, accuracy }) => [(from + to) / 2, accuracy]),
        ),
      ]),
    ];
  });
}

/** Which of a chart's curves are drawn, by their places: of more classes than `most` those that differ most along the axis. */
export function drawnCurves({ id, curves }: SeedChart, most: number): number[] {
  const all = [...curves.keys()];
  if (id !== 'classes' || curves.length <= most) return all;
  const range = (c: number) => {
    const means = curves[c]!.points.map(({ spread }) => spread.mean);
    return Math.max(...means) - Math.min(...means);
  };
  return all
    .sort((a, b) => range(b) - range(a))
    .slice(0, most)
    .sort((a, b) => a - b);
}

function curveOf(done: readonly SeedRun[], name: string, pairs: (one: SeedRun) => Pairs): SeedCurve {
  const own = new Map(done.map((one) => [one, new Map(pairs(one))]));
  const xs = [...new Set([...own.values()].flatMap((values) => [...values.keys()]))].sort((a, b) => a - b);
  const points = xs.map((x) => ({ x, ...valuesOf(done, (one) => own.get(one)!.get(x)) }));
  return { name, points: points.filter(({ values }) => values.length > 0) };
}

/** All on one grid, up to where the widest has nearly all of its values. */
function activationCurves(done: readonly SeedRun[]): SeedCurve[] {
  const all = done.flatMap(({ activations = [] }) => activations).filter(({ cdf }) => cdf.length > 0);
  const end = Math.max(0, ...all.map(({ cdf }) => cdfEnd(cdf)));
  if (end === 0) return [];
  return [...new Set(all.map(({ name }) => name))].map((name) =>
    curveOf(done, name, ({ activations = [] }) => {
      const cdf = activations.find((one) => one.name === name)?.cdf ?? [];
      return cdf.length > 0 ? cdfAlong(cdf, end, CDF_POINTS).map(({ x, p }) => [x, p] as const) : [];
    }),
  );
}

/** Rows of an experiment that differ in one thing alone: a curve for each network that was tested at several sizes. */
function rowCurves(done: readonly SeedRun[], along: 'testSize' | 'testMacs'): SeedCurve[] {
  const rows = done[0]?.rows ?? [];
  const several = new Set(rows.map(({ trainSize }) => trainSize)).size > 1;
  const nameOf = ({ name, views, trainSize }: (typeof rows)[number]) =>
    `${several ? `trained at ${trainSize} px, ` : ''}${name}${views && !several ? `, ${views} views` : ''}`;
  return [...new Set(rows.map(nameOf))].flatMap((name) => {
    const own = rows.flatMap((row, i) => (nameOf(row) === name && row[along] !== undefined ? [i] : []));
    const xs = new Set(own.map((i) => rows[i]![along]));
    if (xs.size < 2 || xs.size < own.length) return [];
    return [
      curveOf(done, name, (one) =>
        own.flatMap((i) => (one.rows[i] ? [[one.rows[i][along]!, one.rows[i].score.accuracy]] : [])),
      ),
    ];
  });
}
