/** The table of train and test resolutions, as a grid and as costs: from the rows of its experiment. */
import type { ExperimentRow } from '../engine/base/records';
import { AS_TRAINED, FINE_TUNED } from '../engine/experiments/trainTest/meta';
import { formatAccuracy } from '../words/format';
import type { Curve } from './comparison';

export interface SizeGrid {
  /** "as trained", "fine-tuned" */
  name: string;
  testSizes: readonly number[];
  lines: readonly { trainSize: number; cells: readonly (SizeCell | null)[] }[];
}

export interface SizeCell {
  text: string;
  /** Between the least and the most accurate of all grids, 0 to 1. */
  share: number;
  best: boolean;
}

/** A measurement of a table of sizes. */
export interface SizePair extends Pick<ExperimentRow, 'name' | 'trainSize' | 'testSize'> {
  /** 0 to 1. */
  accuracy: number;
  /** As it is told. */
  text: string;
}

export const sizePairs = (rows: readonly ExperimentRow[]): SizePair[] =>
  rows.map(({ name, trainSize, testSize, score: { accuracy, count } }) => ({
    name,
    trainSize,
    testSize,
    accuracy,
    text: formatAccuracy(accuracy, count),
  }));

/** Grids that have a cell at least; what has not been measured yet is null. */
export function sizeGrids(pairs: readonly SizePair[]): SizeGrid[] {
  const accuracies = pairs.map(({ accuracy }) => accuracy);
  const [least, most] = [Math.min(...accuracies), Math.max(...accuracies)];
  const testSizes = ascending(pairs.map(({ testSize }) => testSize));
  return [AS_TRAINED, FINE_TUNED].flatMap((name) => {
    const own = pairs.filter((pair) => pair.name === name);
    if (own.length === 0) return [];
    const cellOf = (trainSize: number, testSize: number): SizeCell | null => {
      const pair = own.find((one) => one.trainSize === trainSize && one.testSize === testSize);
      if (!pair) return null;
      const { accuracy, text } = pair;
      const share = most > least ? (accuracy - least) / (most - least) : 1;
      return { text, share, best: accuracy === most };
    };
    const lines = ascending(own.map(({ trainSize }) => trainSize)).map((trainSize) => ({
      trainSize,
      cells: testSizes.map((testSize) => cellOf(trainSize, testSize)),
    }));
    return [{ name, testSizes, lines }];
  });
}

/** Accuracy in percent by what a photo's test costs, in billions of multiply-accumulates: a curve a network and way. */
export function costCurves(rows: readonly ExperimentRow[]): Curve[] {
  const trained = ascending(rows.map(({ trainSize }) => trainSize));
  return trained.flatMap((trainSize, color) =>
    [AS_TRAINED, FINE_TUNED].flatMap((name): Curve[] => {
      const points = rows
        .filter((row) => row.name === name && row.trainSize === trainSize && row.testMacs !== undefined)
        .map(({ testMacs, score }) => ({ x: testMacs! / 1e9, y: 100 * score.accuracy }))
        .sort((a, b) => a.x - b.x);
      if (points.length === 0) return [];
      const tuned = name === FINE_TUNED;
      return [
        {
          name: `trained at ${trainSize} px${tuned ? ', fine-tuned' : ''}`,
          published: false,
          color,
          ...(tuned && { part: 'tuned' as const }),
          points,
        },
      ];
    }),
  );
}

const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
