/**
 * The directions in which rows differ most, by randomised subspace iteration: Halko, Martinsson and Tropp 2011, Finding Structure
 * with Randomness, algorithm 4.4. All components that there are come out exact; of more, the first ones do.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Rng } from '../base/rng';

/** Directions beside those wanted, and turns: with these the last wanted component is right to some digits. */
const SPARE = 10;
const TURNS = 4;
/** Of the largest eigenvalue: what is less is rounding. */
const LEAST = 1e-13;
/** Multiplications between two yields: some tens of milliseconds. */
const PORTION = 2e7;

export interface Rows {
  /** [count, width] */
  values: Float32Array;
  width: number;
}

/**
 * Yields the share that is done, often; returns each row's place along the `wanted` first components, or as many as there
 * are: [count][components], each component's largest place positive.
 * @param rows At least one.
 */
export function* principalComponents(rows: Rows, wanted: number, rng: Rng): Generator<number, number[][], undefined> {
  const { width } = rows;
  const count = rows.values.length / width;
  const rank = Math.min(wanted + SPARE, count, width);
  const mean = meanOf(rows, count);
  const passes = 2 * TURNS + 2;
  let pass = 0;
  const share = (done: number) => (pass + done) / passes;
  let directions = Matrix.from1DArray(
    width,
    rank,
    Float64Array.from({ length: width * rank }, () => rng.normal()),
  );
  for (let turn = 0; turn < TURNS; turn++) {
    const places = basisOf(yield* project(rows, mean, directions, share));
    pass++;
    directions = basisOf(yield* gather(rows, mean, places, share));
    pass++;
  }
  const places = yield* project(rows, mean, directions, share);
  const turned = places.mmul(ownDirections(places).eigenvectorMatrix);
  const columns = Array.from({ length: Math.min(wanted, rank) }, (_, k) => turned.getColumn(rank - 1 - k));
  const signs = columns.map((column) =>
    Math.sign(column.reduce((far, at) => (Math.abs(at) > Math.abs(far) ? at : far))),
  );
  return Array.from({ length: count }, (_, i) => columns.map((column, k) => column[i]! * (signs[k]! || 1)));
}

function meanOf({ values, width }: Rows, count: number): Float64Array {
  const mean = new Float64Array(width);
  values.forEach((value, i) => (mean[i % width]! += value / count));
  return mean;
}

/** Orthonormal columns of the same span; of a span of less, some of them zeros. */
function basisOf(matrix: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = ownDirections(matrix);
  const least = LEAST * Math.max(...realEigenvalues);
  const scales = realEigenvalues.map((value) => (value > least ? 1 / Math.sqrt(value) : 0));
  return matrix.mmul(eigenvectorMatrix.mulRowVector(scales));
}

/** Of the columns among one another; eigenvalues come from small to large. */
const ownDirections = (matrix: Matrix) =>
  new EigenvalueDecomposition(matrix.transpose().mmul(matrix), { assumeSymmetric: true });

type Share = (done: number) => number;

/** (rows - mean) · directions: [count, rank]. */
function* project(
  { values, width }: Rows,
  mean: Float64Array,
  directions: Matrix,
  share: Share,
): Generator<number, Matrix, undefined> {
  const count = values.length / width;
  const rank = directions.columns;
  const flat = Float64Array.from(directions.to1DArray());
  const out = new Matrix(count, rank);
  const sum = new Float64Array(rank);
  const portion = Math.ceil(PORTION / (width * rank));
  for (let i = 0; i < count; i++) {
    sum.fill(0);
    for (let c = 0; c < width; c++) {
      const value = values[i * width + c]! - mean[c]!;
      for (let k = 0; k < rank; k++) sum[k]! += value * flat[c * rank + k]!;
    }
    out.setRow(i, sum);
    if (i % portion === portion - 1) yield share(i / count);
  }
  return out;
}

/** (rows - mean)ᵀ · places: [width, rank]. */
function* gather(
  { values, width }: Rows,
  mean: Float64Array,
  places: Matrix,
  share: Share,
): Generator<number, Matrix, undefined> {
  const count = values.length / width;
  const rank = places.columns;
  const flat = new Float64Array(width * rank);
  const portion = Math.ceil(PORTION / (width * rank));
  for (let i = 0; i < count; i++) {
    const place = places.getRow(i);
    for (let c = 0; c < width; c++) {
      const value = values[i * width + c]! - mean[c]!;
      for (let k = 0; k < rank; k++) flat[c * rank + k]! += value * place[k]!;
    }
    if (i % portion === portion - 1) yield share(i / count);
  }
  return Matrix.from1DArray(width, rank, flat);
}
