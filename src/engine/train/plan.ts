/** What a run will take, from shapes alone: its phases, their work, and what it asks of the GPU. */
import type { RunId, StudioConfig } from '../experiments/meta';
import { layerCosts } from '../models/cost';
import type { Architecture } from '../models/meta';
import { TRAIN } from '../nn/layers';
import { tunedParts } from './frozen';
import type { Demand } from './rehearsal';
import { methodOf } from './schedule';

/** A training epoch or an evaluation, as the run will go through them. */
export interface PlannedPhase {
  phase: 'training' | 'evaluating';
  size: number;
  images: number;
  /** Floating-point operations of the whole phase. */
  flops: number;
}

export interface RunShape {
  run: RunId;
  config: StudioConfig;
  arch: Architecture;
  classes: number;
  trainCount: number;
  validationCount: number;
  /** Resolution of fine-tuning, worked out. */
  tuneSize: number;
}

export function plannedPhases(shape: RunShape): PlannedPhase[] {
  const { run, config, arch, classes, trainCount, validationCount, tuneSize } = shape;
  const phase = (kind: PlannedPhase['phase'], size: number, images: number, passes: number): PlannedPhase => {
    const macs = layerCosts(arch, size, classes).reduce((sum, layer) => sum + layer.macs, 0);
    return { phase: kind, size, images, flops: 2 * macs * passes * images };
  };
  const evaluation = (size: number) => phase('evaluating', size, validationCount, 1);
  const repeated = (count: number, phases: PlannedPhase[]) => Array.from({ length: count }, () => phases).flat();
  switch (run) {
    case 'baseline':
      // Backward takes two forward passes' work.
      return repeated(config.epochs, [phase('training', config.trainSize, trainCount, 3), evaluation(config.evalCrop)]);
    case 'sweep':
      return [config.evalCrop, ...config.sweepSizes].map(evaluation);
    case 'finetune':
      return repeated(config.tuneEpochs, [phase('training', tuneSize, trainCount, 1), evaluation(tuneSize)]);
    case 'evaluate':
      return [evaluation(config.evalCrop)];
    default:
      return run satisfies never;
  }
}

/** What the run asks of the GPU where it asks most. */
export function demandOf(shape: RunShape): Demand {
  const { run, config, arch, classes } = shape;
  const size = Math.max(...plannedPhases(shape).map((phase) => phase.size));
  const rest = { precision: config.precision, optimiser: methodOf(config).optimiser };
  const batch = { arch, classes, rows: config.batchSize, size };
  switch (run) {
    case 'baseline':
      return { ...batch, size: config.trainSize, training: { trains: () => true, mode: TRAIN, ...rest } };
    case 'finetune':
      return { ...batch, training: { ...tunedParts(arch, { affine: config.tuneAffine }), ...rest } };
    case 'sweep':
    case 'evaluate':
      return { ...batch, training: null };
    default:
      return run satisfies never;
  }
}
