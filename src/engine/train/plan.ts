/** What a run will take, from shapes alone: its phases, their work, and what it asks of the GPU. */
import { PAPER_RATIO } from '../analysis/resolution';
import { FROZEN_EPOCHS, lowSizeOf, progressiveSizeOf, type RunId, type StudioConfig } from '../experiments/meta';
import { layerCosts } from '../models/cost';
import type { Architecture } from '../models/meta';
import { TRAIN } from '../nn/layers';
import { ALIKE, BY_FACTORS, fastaiGroups, fastaiParts } from './fastai';
import { tunedParts } from './frozen';
import type { Demand } from './rehearsal';
import { methodOf, tuneMethodOf } from './schedule';
import { photosOfEpoch } from './trainEpoch';

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
  const dropLast = config.recipe === 'fastai' && (run === 'baseline' || run === 'finetune');
  const trained = photosOfEpoch(trainCount, { batchSize: config.batchSize, dropLast });
  const evaluation = (size: number) => phase('evaluating', size, validationCount, 1);
  const repeated = (count: number, phases: PlannedPhase[]) => Array.from({ length: count }, () => phases).flat();
  const training = (epochs: number, size: number, testSize: number, passes: number) =>
    repeated(epochs, [phase('training', size, trained, passes), evaluation(testSize)]);
  const tuning = (size: number, passes: number) => training(config.tuneEpochs, size, size, passes);
  switch (run) {
    case 'baseline':
      return config.recipe === 'fastai'
        ? [
            ...training(FROZEN_EPOCHS, config.trainSize, config.evalCrop, NORMS),
            ...training(config.epochs, config.trainSize, config.evalCrop, WHOLE),
          ]
        : training(config.epochs, config.trainSize, config.evalCrop, WHOLE);
    case 'sweep':
      return [config.evalCrop, ...sizesOfSweep(config)].map(evaluation);
    case 'finetune':
      return tuning(tuneSize, config.recipe === 'fastai' ? NORMS : LAST);
    case 'evaluate':
      return [evaluation(config.evalCrop)];
    case 'ablation':
      return config.ablationSizes.flatMap((size) => [
        evaluation(size),
        // Three of the parts end with the last norm; each is tuned on two kinds of views.
        ...[LAST, LAST, LAST, LAST_BLOCK, WHOLE].flatMap((passes) => repeated(2, tuning(size, passes))),
      ]);
    case 'lowResolution': {
      const { epochs, trainSize } = config;
      const later = [trainSize, Math.round(trainSize / PAPER_RATIO)].map(evaluation);
      const sizes = [lowSizeOf(config), trainSize];
      return sizes.flatMap((size, i) => [...training(epochs, size, trainSize, WHOLE), ...(later[i] ? [later[i]] : [])]);
    }
    case 'progressive': {
      const size = progressiveSizeOf(config);
      return [...[config.trainSize, size].map(evaluation), ...tuning(size, LAST), ...tuning(size, WHOLE)];
    }
    case 'adaptation': {
      const laws = (size: number) => phase('evaluating', size, Math.min(trainCount, validationCount), 1);
      const others = config.sweepSizes.filter((size) => size !== config.trainSize);
      return [
        laws(config.trainSize),
        ...others.flatMap((size) => [evaluation(size), laws(size), evaluation(size), evaluation(size)]),
      ];
    }
    default:
      return run satisfies never;
  }
}

/** Forward passes that a step is worth: backward takes two of them, and less where less is trained. */
const WHOLE = 3;
/** All norms, and so the gradients of all activations. */
const NORMS = 2;
const LAST_BLOCK = 1.2;
const LAST = 1;

/** A search measures five sizes, and about two more for each halving of the gaps between them. */
function sizesOfSweep({ sweepMode, sweepSizes, sweepFrom, sweepTo }: StudioConfig): readonly number[] {
  if (sweepMode === 'sizes') return sweepSizes;
  const middle = (sweepFrom + sweepTo) / 2;
  const quarter = (sweepTo - sweepFrom) / 4;
  return [...[-2, -1, 0, 1, 2].map((step) => middle + step * quarter), middle, middle].map(Math.round);
}

/** What the run asks of the GPU where it asks most. */
export function demandOf(shape: RunShape): Demand {
  const { run, config, arch, classes } = shape;
  const size = Math.max(...plannedPhases(shape).map((phase) => phase.size));
  const { precision } = config;
  const [trained, tuned] = [methodOf, tuneMethodOf].map((method) => ({ precision, ...method(config, 1) }));
  const batch = { arch, classes, rows: config.batchSize, size };
  const whole = { trains: () => true, mode: TRAIN };
  const fastai = { precision, optimiser: { kind: 'fastai' } } as const;
  switch (run) {
    case 'baseline':
      if (config.recipe === 'fastai') {
        const grouping = fastaiGroups(arch, BY_FACTORS);
        return { ...batch, size: config.trainSize, training: { ...whole, ...fastai, grouping } };
      }
      return { ...batch, size: config.trainSize, training: { ...whole, ...trained } };
    case 'lowResolution':
      return { ...batch, size: config.trainSize, training: { ...whole, ...trained } };
    case 'ablation':
    case 'progressive':
      return { ...batch, training: { ...whole, ...tuned } };
    case 'finetune':
      if (config.recipe === 'fastai') {
        const parts = { ...fastaiParts(arch, { frozen: true }), grouping: fastaiGroups(arch, ALIKE) };
        return { ...batch, training: { ...parts, ...fastai } };
      }
      return { ...batch, training: { ...tunedParts(arch, { affine: config.tuneAffine }), ...tuned } };
    case 'sweep':
    case 'evaluate':
    case 'adaptation':
      return { ...batch, training: null };
    default:
      return run satisfies never;
  }
}
