/** What an experiment's table says, in a sentence or two: computed from its rows, and plain about what is noise. */
import type { ExperimentId } from '../engine/experiments/meta';
import type { ExperimentRow } from '../engine/base/records';
import { wilsonInterval } from '../engine/analysis/wilson';
import { formatAccuracy, formatPoints } from './format';

/** Null while there is nothing to compare. */
export function experimentFinding(id: ExperimentId, rows: readonly ExperimentRow[]): string | null {
  if (rows.length < 2) return null;
  switch (id) {
    case 'ablation':
      return ablationFinding(rows);
    case 'lowResolution':
      return lowResolutionFinding(rows);
    case 'progressive':
      return progressiveFinding(rows);
    case 'adaptation':
      return adaptationFinding(rows);
    default:
      return id satisfies never;
  }
}

/** Told apart where so uneven a split of the photos that changed would be rarer than this by chance. */
const SIGNIFICANCE = 0.05;

const beyondNoise = ({ changed }: ExperimentRow): boolean => changed !== null && changed.p < SIGNIFICANCE;

function ablationFinding(rows: readonly ExperimentRow[]): string | null {
  const sizes = [...new Set(rows.map(({ testSize }) => testSize))];
  const sentences = sizes.flatMap((size) => {
    const [untuned, ...tuned] = rows.filter(({ testSize }) => testSize === size);
    if (!untuned || tuned.length === 0) return [];
    const best = bestOf(tuned);
    const { low } = wilsonInterval(best.score.correct, best.score.count);
    const alike = tuned.filter((row) => row !== best && row.score.accuracy >= low).length;
    const others = alike > 0 ? ` ${alike} of ${tuned.length - 1} other ways are within its 95 % interval.` : '';
    return [
      `At ${size} px the most accurate is tuning ${best.name} on ${best.views} views: ${percent(best)}, ${gain(best, untuned)} against tuning nothing${doubt(best)}.${others}`,
    ];
  });
  return sentences.length > 0 ? sentences.join(' ') : null;
}

function lowResolutionFinding(rows: readonly ExperimentRow[]): string | null {
  const [low, same, high] = rows;
  if (!low || !same) return null;
  const first = `Trained at ${low.trainSize} px and tested at ${low.testSize} px: ${percent(low)}, ${gain(low, same)} against training at ${same.trainSize} px${doubt(same)}${lessWork(low, same)}.${apparentSentence(rows)}`;
  if (!high) return first;
  return `${first} Trained at ${high.trainSize} px and tested at ${high.testSize} px: ${percent(high)}, ${gain(high, low)} against the smaller${doubt(high)}.`;
}

function progressiveFinding(rows: readonly ExperimentRow[]): string | null {
  const [last, whole] = rows.filter(({ epochs }) => epochs > 0);
  if (!last || !whole) return null;
  return `At ${whole.testSize} px training the whole network on reaches ${percent(whole)}, ${gain(whole, last)} against ${percent(last)} with ${last.name} alone${moreWork(whole, last)}.`;
}

function adaptationFinding(rows: readonly ExperimentRow[]): string | null {
  const plain = new Map(
    rows.filter(({ note, name }) => note === null && name === rows[0]!.name).map((r) => [r.testSize, r]),
  );
  const mapped = rows.flatMap((row) => {
    const without = plain.get(row.testSize);
    return without && without !== row ? [{ row, without }] : [];
  });
  if (mapped.length === 0) return null;
  const real = mapped.filter(({ row }) => beyondNoise(row));
  const changes = mapped.map(({ row, without }) => row.score.accuracy - without.score.accuracy);
  const photos = rows[0]!.score.count;
  const range = `${formatPoints(Math.min(...changes), photos)} to ${formatPoints(Math.max(...changes), photos)}`;
  if (real.length === 0) {
    return `Mapping activations changes accuracy by ${range}, at no size beyond the noise of ${rows[0]!.score.count} photos (McNemar's test at 5 %); the paper's own appendix finds no gain.`;
  }
  const told = real.map(({ row, without }) => `${row.name} at ${row.testSize} px (${gain(row, without)})`);
  return `Mapping activations changes accuracy by ${range}; beyond the noise (McNemar's test at 5 %) are ${told.join(', ')}.`;
}

/** By the multiplications of a training step; nothing is said of rows that were stored without them. */
function lessWork(low: ExperimentRow, same: ExperimentRow): string {
  if (!low.trainMacs || !same.trainMacs) return '';
  return `, with ${Math.round(100 * (1 - low.trainMacs / same.trainMacs))} % less work a photo`;
}

function moreWork(whole: ExperimentRow, last: ExperimentRow): string {
  if (!whole.trainMacs || !last.trainMacs) return '';
  return `; it takes ${(whole.trainMacs / last.trainMacs).toFixed(1)} times the work`;
}

/** How large things look in each pair, measured on the photos' own sizes. */
function apparentSentence(rows: readonly ExperimentRow[]): string {
  const told = rows.flatMap(({ apparent, trainSize, testSize }) =>
    apparent === undefined ? [] : [`${apparent.toFixed(2)} times (${trainSize} → ${testSize} px)`],
  );
  return told.length > 0 ? ` Beside training, objects look in testing ${told.join(', ')} as large.` : '';
}

const bestOf = (rows: readonly ExperimentRow[]) =>
  rows.reduce((best, row) => (row.score.accuracy > best.score.accuracy ? row : best));
const percent = ({ score: { accuracy, count } }: ExperimentRow) => formatAccuracy(accuracy, count);
const gain = ({ score }: ExperimentRow, other: ExperimentRow) =>
  formatPoints(score.accuracy - other.score.accuracy, score.count);
const doubt = (row: ExperimentRow) => (beyondNoise(row) ? '' : ', within the noise');
