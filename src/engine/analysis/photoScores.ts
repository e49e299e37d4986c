/** What a classifier said of each photo, in three numbers. */
import { argmax } from './score';

export interface PhotoScores {
  predictions: Int32Array<ArrayBuffer>;
  /** Cross entropy in nats: exp(-loss) is the label's probability. */
  losses: Float32Array<ArrayBuffer>;
  /** Probability of the prediction. */
  confidences: Float32Array<ArrayBuffer>;
}

/**
 * Of `count` photos, those at `indices`, which `logits` [indices.length, K] are of; `labels` [count]. The others have no
 * prediction (-1), and no number. Logits are divided by `temperature`.
 */
export function photoScores(
  logits: Float32Array,
  indices: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  temperature = 1,
): PhotoScores {
  const count = labels.length;
  const scores = {
    predictions: new Int32Array(count).fill(-1),
    losses: new Float32Array(count).fill(NaN),
    confidences: new Float32Array(count).fill(NaN),
  };
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const prediction = argmax(row);
    const top = row[prediction]!;
    let sum = 0;
    for (const logit of row) sum += Math.exp((logit - top) / temperature);
    scores.predictions[index] = prediction;
    scores.losses[index] = Math.log(sum) - (row[labels[index]!]! - top) / temperature;
    scores.confidences[index] = 1 / sum;
  }
  return scores;
}
