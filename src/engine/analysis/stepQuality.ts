/** How far a network's answers on the validation photos can be trusted, and which of their labels it doubts. */
import { fitTemperature, type Predictions, reliability, type Reliability } from './calibration';
import { type BalancedScore, classMetrics } from './classMetrics';
import { confusionMatrix } from './confusion';
import type { LabelIssue } from '../base/records';
import { labelIssues } from './labelIssues';
import { argmax, softmax, topK } from './score';

export interface StepQuality extends BalancedScore {
  calibration: Reliability & {
    /** That makes the likeliest probabilities of the logits, fitted on these very photos; above 1: it was too sure. */
    temperature: number;
    /** Calibration error with it. */
    calibratedEce: number;
  };
  /** As `topK`. */
  topK: { k: number; accuracy: number } | null;
  /** Photos whose label is probably wrong, likeliest first. */
  suspects: LabelIssue[];
}

/** Rows of `predictions` are photos; so are the suspects' indices. */
export function stepQuality(predictions: Predictions): StepQuality {
  const { logits, labels, classes } = predictions;
  const rows = Array.from({ length: labels.length }, (_, i) => logits.subarray(i * classes, (i + 1) * classes));
  const temperature = fitTemperature(predictions);
  const probabilities = Float32Array.from(rows.flatMap((row) => softmax(row)));
  return {
    ...classMetrics(confusionMatrix(labels, rows.map(argmax), classes)),
    calibration: {
      ...reliability(predictions),
      temperature,
      calibratedEce: reliability(predictions, temperature).ece,
    },
    topK: topK(logits, labels, classes),
    suspects: labelIssues(probabilities, labels, classes),
  };
}
