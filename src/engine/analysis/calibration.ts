/**
 * Whether a network is as sure as it is right (Guo et al. 2017, On Calibration of Modern Neural Networks): the expected calibration
 * error over bins of confidence, and the one temperature that makes the likeliest probabilities of its logits.
 */
import { softmax } from './score';

export interface ReliabilityBin {
  /** Confidences in (from, to]. */
  from: number;
  to: number;
  count: number;
  /** Means of the bin's photos; null where it has none. */
  confidence: number | null;
  accuracy: number | null;
}

export interface Reliability {
  bins: ReliabilityBin[];
  /** Mean distance of accuracy from confidence, weighted by the bins' photos, 0 to 1. */
  ece: number;
}

/** Logits [N, K], and the N true classes. */
export interface Predictions {
  logits: Float32Array;
  labels: ArrayLike<number>;
  classes: number;
}

const BINS = 15;

export function reliability(predictions: Predictions, temperature = 1): Reliability {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { scaled, label } of rowsOf(predictions, temperature)) {
    const probabilities = softmax(scaled);
    const confidence = Math.max(...probabilities);
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))]!;
    bin.count++;
    bin.confidence += confidence;
    bin.right += Number(probabilities.indexOf(confidence) === label);
  }
  const photos = predictions.labels.length;
  const gap = sums.reduce((total, { confidence, right }) => total + Math.abs(right - confidence), 0);
  return {
    bins: sums.map(({ count, confidence, right }, i) => ({
      from: i / BINS,
      to: (i + 1) / BINS,
      count,
      confidence: count > 0 ? confidence / count : null,
      accuracy: count > 0 ? right / count : null,
    })),
    ece: photos > 0 ? gap / photos : 0,
  };
}

/** Between which a temperature is looked for: beyond them the photos say nothing about it. */
const RANGE = { from: 0.05, to: 20 };
const STEPS = 60;
/** Of the logarithm. */
const PRECISION = 1e-6;
/** Of the range, relative: as near to its end as that the search has found no valley. */
const EDGE = 1e-3;

/**
 * The T of softmax(logits / T) with the least cross entropy, by golden section over its logarithm, in which the loss has one
 * valley. At the end of the range where all photos are right, or none is.
 */
export function fitTemperature(predictions: Predictions): number {
  const lossAt = (log: number) => crossEntropy(predictions, Math.exp(log));
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(RANGE.from), Math.log(RANGE.to)];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [lossAt(left), lossAt(right)];
  for (let i = 0; i < STEPS && high - low > PRECISION; i++) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = lossAt(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = lossAt(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Whether the photos have told it: at either end of the range they have not. */
export const isFitted = (temperature: number): boolean =>
  temperature > RANGE.from * (1 + EDGE) && temperature < RANGE.to / (1 + EDGE);

/** Mean, nats. */
export function crossEntropy(predictions: Predictions, temperature = 1): number {
  let total = 0;
  for (const { scaled, label } of rowsOf(predictions, temperature)) {
    const top = scaled.reduce((most, value) => Math.max(most, value), -Infinity);
    const sum = scaled.reduce((all, value) => all + Math.exp(value - top), 0);
    total += Math.log(sum) + top - scaled[label]!;
  }
  return total / predictions.labels.length;
}

function* rowsOf({ logits, labels, classes }: Predictions, temperature: number) {
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    yield { scaled: Float64Array.from(row, (value) => value / temperature), label: labels[i]! };
  }
}
