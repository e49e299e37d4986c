/** The quality of answers whose certainty does not matter: each is given with the same confidence. */
import { stepQuality, type StepQuality } from '../engine/analysis/stepQuality';

const LOGIT = 2;

export function qualityOf(labels: ArrayLike<number>, predictions: ArrayLike<number>, classes: number): StepQuality {
  const logits = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) logits[i * classes + predictions[i]!] = LOGIT;
  return stepQuality({ logits, labels, classes });
}
