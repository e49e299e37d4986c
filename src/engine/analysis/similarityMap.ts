/**
 * Photos as places on a plane, alike ones side by side: features of length 1, their principal components, the exact nearest
 * neighbours among those, and UMAP (McInnes, Healy and Melville 2018), begun at the first two components (Kobak and Linderman 2021).
 */
import { UMAP } from 'umap-js';
import { fork } from '../base/rng';
import { smallest } from './nearest';
import { principalComponents, type Rows } from './principalComponents';

const COMPONENTS = 50;
/** UMAP's own defaults. */
const NEIGHBOURS = 15;
const MIN_DIST = 0.1;
/** Half the side of the square that the layout begins in, as UMAP's own beginnings do. */
const SPREAD = 10;
/** Photos whose neighbours are looked for between two yields. */
const PORTION = 50;
/** Fewer have no neighbourhoods. */
export const LEAST_MAPPED = NEIGHBOURS + 1;

export interface MapStage {
  part: 'components' | 'neighbours' | 'layout';
  /** 0 to 1, of the part. */
  done: number;
}

/**
 * Yields often, so that whoever pulls can stop or do something else; returns [count, 2], the same of the same features and seed.
 * @param features Of length 1 each; at least `LEAST_MAPPED`.
 */
export function* mapBySimilarity(
  features: Rows,
  seed: number,
): Generator<MapStage, Float32Array<ArrayBuffer>, undefined> {
  const components = principalComponents(features, COMPONENTS, fork(seed, 0));
  const rows = yield* staged(components, 'components');
  const { indices, distances } = yield* staged(nearestNeighbours(rows), 'neighbours');
  const random = fork(seed, 1);
  const umap = new UMAP({ nNeighbors: NEIGHBOURS, minDist: MIN_DIST, random: () => random.uniform() });
  umap.setPrecomputedKNN(indices, distances);
  const epochs = umap.initializeFit(rows);
  // It is laid out in place.
  const places = umap.getEmbedding();
  const far = rows.reduce((most, [x = 0, y = 0]) => Math.max(most, Math.abs(x), Math.abs(y)), 0) || 1;
  rows.forEach(([x = 0, y = 0], i) => {
    const place = places[i]!;
    [place[0], place[1]] = [(SPREAD * x) / far, (SPREAD * y) / far];
  });
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    yield { part: 'layout', done: (epoch + 1) / epochs };
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

function* staged<T>(work: Generator<number, T, undefined>, part: MapStage['part']): Generator<MapStage, T, undefined> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    yield { part, done: step.value };
  }
}

/** Of each row, itself first, as UMAP counts. */
function* nearestNeighbours(
  rows: readonly number[][],
): Generator<number, { indices: number[][]; distances: number[][] }, undefined> {
  const indices: number[][] = [];
  const distances: number[][] = [];
  for (const [i, row] of rows.entries()) {
    const squared = Float64Array.from(rows, (other, j) => (i === j ? -1 : squaredDistance(row, other)));
    const nearest = smallest(squared, NEIGHBOURS);
    indices.push(nearest);
    distances.push(nearest.map((j) => Math.sqrt(Math.max(0, squared[j]!))));
    if (i % PORTION === PORTION - 1) yield i / rows.length;
  }
  return { indices, distances };
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return sum;
}
