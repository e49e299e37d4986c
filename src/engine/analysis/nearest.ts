/**
 * How unlike others a photo is to a network: the distance to its k-th nearest neighbour among photos of the training data, of
 * pooled features scaled to length 1 (Sun et al. 2022, Out-of-Distribution Detection with Deep Nearest Neighbors). What is
 * far is told by photos of the same kind that were not trained on, whose own distances set the threshold.
 */

/** Nearest neighbours that are looked past, so that one odd training photo makes nothing usual. */
const NEIGHBOURS = 5;

export interface Neighbourhood {
  /** Of photos trained on, each of length 1. [count, features] */
  features: Float32Array;
  count: number;
}

/** @param features [count, width], of photos trained on. */
export function neighbourhoodOf(features: Float32Array, width: number): Neighbourhood {
  const scaled = Float32Array.from(features);
  const count = features.length / width;
  for (let i = 0; i < count; i++) scaleToOne(scaled.subarray(i * width, (i + 1) * width));
  return { features: scaled, count };
}

/** 0 to 2: how far one photo's features are from those of the k-th nearest, or of the farthest where there are fewer. */
export function distanceTo({ features, count }: Neighbourhood, photo: Float32Array): number {
  const width = photo.length;
  const own = scaleToOne(Float32Array.from(photo));
  const nearest = new Float64Array(Math.min(NEIGHBOURS, count)).fill(Infinity);
  for (let i = 0; i < count; i++) {
    let dot = 0;
    for (let c = 0; c < width; c++) dot += own[c]! * features[i * width + c]!;
    // |a - b|² of vectors of length 1.
    let squared = Math.max(0, 2 - 2 * dot);
    for (let k = 0; k < nearest.length && squared < Infinity; k++) {
      if (squared >= nearest[k]!) continue;
      [nearest[k], squared] = [squared, nearest[k]!];
    }
  }
  return Math.sqrt(nearest.at(-1) ?? NaN);
}

/** The distance that a share of the photos does not exceed. @param distances At least one. */
export function quantile(distances: readonly number[], share: number): number {
  const sorted = [...distances].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

/** Places of the `count` smallest values, or of all where there are fewer, from the smallest on; of equal ones, the first. */
export function smallest(values: ArrayLike<number>, count: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (places.length === count && value >= values[places[count - 1]!]!) continue;
    let at = places.length;
    while (at > 0 && values[places[at - 1]!]! > value) at--;
    places.splice(at, 0, i);
    if (places.length > count) places.pop();
  }
  return places;
}

/** Cosines between one row and every row, itself included. @param rows [count, width], each of length 1 or 0. */
export function cosinesTo(rows: Float32Array, own: Float32Array): Float64Array {
  const width = own.length;
  const cosines = new Float64Array(rows.length / width);
  for (let i = 0; i < cosines.length; i++) {
    let dot = 0;
    for (let c = 0; c < width; c++) dot += own[c]! * rows[i * width + c]!;
    cosines[i] = dot;
  }
  return cosines;
}

/** In place. */
export function scaleToOne(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  // All zeros are nobody's neighbour: they stay where they are.
  const length = Math.sqrt(sum) || 1;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}
