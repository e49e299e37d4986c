/** What is remembered of the present weights: a row a step and a size. */
import type { Evaluation } from '../engine/train/evaluate';
import type { Measured } from '../protocol/photos';
import type { Checkpoint } from './checkpoint';
import type { Project } from './project';

/** Weights at a size, with what was measured there. */
export type MeasuredWeights = Measured & { checkpoint: Checkpoint; evaluation: Evaluation };

/** In the order of steps and sizes. */
export function measuredWeights(project: Project): MeasuredWeights[] {
  const steps = [
    ['baseline', project.weights.trunk()],
    ['finetune', project.weights.finetune],
  ] as const;
  return steps.flatMap(([step, checkpoint]) => {
    if (!checkpoint) return [];
    const measured = project.evaluationsKnownOf(checkpoint.state).map((evaluation) => {
      const { resize, crop } = evaluation.view;
      return { step, resize, size: crop, checkpoint, evaluation };
    });
    return measured.sort((a, b) => a.size - b.size || a.resize - b.resize);
  });
}
