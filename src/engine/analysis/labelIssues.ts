/**
 * Photos whose label is probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021, Confident Learning: Estimating
 * Uncertainty in Dataset Labels): who counts as surely of a class, how often that class is not the one written down, and, for each such
 * pair of classes, the photos that most look it. Probabilities must be out of sample: of photos that were not trained on.
 */
import type { LabelIssue } from '../base/records';

/** Comparisons of float32 probabilities with their own mean. */
const EPSILON = 1e-6;

/** `probabilities` [N, K] row by row. Likeliest errors first; none where a class has no photos to judge by. */
export function labelIssues(probabilities: Float32Array, labels: ArrayLike<number>, classes: number): LabelIssue[] {
  const joint = confidentJoint(probabilities, labels, classes);
  const issues = new Map<number, LabelIssue>();
  for (let label = 0; label < classes; label++) {
    for (let other = 0; other < classes; other++) {
      if (other === label) continue;
      const ranked = indicesOf(labels, label)
        .map((index) => ({
          index,
          margin: at(probabilities, classes, index, other) - at(probabilities, classes, index, label),
        }))
        .sort((a, b) => b.margin - a.margin);
      for (const { index, margin } of ranked.slice(0, joint[label]![other])) {
        // The joint counts more than it points at: a photo that looks more like its label is left alone.
        if (margin <= 0) break;
        const selfConfidence = at(probabilities, classes, index, label);
        const known = issues.get(index);
        if (known && at(probabilities, classes, index, known.suggested) >= selfConfidence + margin) continue;
        issues.set(index, { index, label, suggested: other, selfConfidence });
      }
    }
  }
  return [...issues.values()].sort((a, b) => a.selfConfidence - b.selfConfidence || a.index - b.index);
}

/** `joint[label][truth]`: estimated photos with that label that are of that class; rows sum to the labels' photos, about. */
export function confidentJoint(probabilities: Float32Array, labels: ArrayLike<number>, classes: number): number[][] {
  const thresholds = Array.from({ length: classes }, (_, k) => {
    const own = indicesOf(labels, k);
    return own.reduce((sum, index) => sum + at(probabilities, classes, index, k), 0) / own.length;
  });
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let i = 0; i < labels.length; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    const sure = thresholds.flatMap((threshold, k) => (row[k]! >= threshold - EPSILON ? [k] : []));
    if (sure.length === 0) continue;
    const truth = sure.reduce((most, k) => (row[k]! > row[most]! ? k : most));
    counts[labels[i]!]![truth]!++;
  }
  return counts.map((row, label) => {
    const diagonal = row.map((count, k) => (k === label ? Math.max(1, count) : count));
    const total = diagonal.reduce((sum, count) => sum + count, 0);
    const photos = indicesOf(labels, label).length;
    return diagonal.map((count) => Math.round((count * photos) / total));
  });
}

const at = (values: Float32Array, classes: number, row: number, column: number): number =>
  values[row * classes + column]!;

function indicesOf(labels: ArrayLike<number>, label: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) found.push(i);
  return found;
}
