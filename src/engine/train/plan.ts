/** What a run will take, from shapes alone: its phases, its work, its memory, and whether the device's limits allow it. */
import { type ErrorData } from '../base/errors';
import type { RunId, StudioConfig } from '../experiments/meta';
import { layerCosts } from '../models/cost';
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';

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

export interface MemoryPlan {
  /** Estimated peak on the GPU. */
  memoryBytes: number;
  largestBufferBytes: number;
}

/**
 * Training saves every convolution's output and its normalised form, and holds some four more buffers of every size that
 * occurs: gradients on their way, and what the pool keeps until the next submit. Evaluation holds about three outputs at
 * a time. Weights, gradients and AdamW's two moments come on top. `bench -- step` prints this beside what was allocated.
 */
export function memoryPlan(shape: RunShape): MemoryPlan {
  const { run, config, arch, classes } = shape;
  const trains = run === 'baseline';
  const size = Math.max(...plannedPhases(shape).map((phase) => phase.size));
  const outputs = layerCosts(arch, size, classes).map((layer) => layer.outputs);
  const largest = Math.max(...outputs);
  const parameters = stateSpecs(arch, classes).reduce(
    (sum, { shape: dims }) => sum + dims.reduce((a, b) => a * b, 1),
    0,
  );
  const sum = (counts: Iterable<number>) => [...counts].reduce((a, b) => a + b, 0);
  const kept = trains ? 2 * sum(outputs) + 4 * sum(new Set(outputs)) : 3 * largest;
  const photos = config.batchSize * size * size * 3;
  return {
    memoryBytes: 4 * (config.batchSize * kept + photos + parameters * (trains ? 4 : 1)),
    largestBufferBytes: 4 * config.batchSize * largest,
  };
}

/** Null if every buffer fits; else why not, with the largest batch that would. */
export function limitRefusal(
  shape: RunShape,
  limits: { maxBufferBytes: number; maxBindingBytes: number },
): ErrorData | null {
  const { largestBufferBytes } = memoryPlan(shape);
  const allowed = Math.min(limits.maxBufferBytes, limits.maxBindingBytes);
  if (largestBufferBytes <= allowed) return null;
  const { batchSize } = shape.config;
  const fits = Math.floor(allowed / (largestBufferBytes / batchSize));
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  return {
    code: 'exceeds-limits',
    message: `A batch of ${batchSize} needs a buffer of ${mebibytes(largestBufferBytes)}; this GPU binds at most ${mebibytes(allowed)}`,
    hint: fits >= 2 ? `A batch of ${fits} would fit.` : 'Choose a smaller resolution.',
  };
}
