/** What a run will take, from shapes alone: its phases, their work, and what it asks of the GPU. */
import { PAPER_RATIO } from '../analysis/resolution';
import {
  ABLATION_PARTS,
  evalCropOf,
  FROZEN_EPOCHS,
  lowSizeOf,
  progressiveSizeOf,
  type RunId,
  startsAnew,
  type StudioConfig,
  finetunePart,
} from './meta';
import { forwardMacs, type Section, trainingMacs } from '../models/cost';
import type { Architecture } from '../models/meta';
import type { SplitPoint } from '../models/model';
import { ALIKE, BY_FACTORS, fastaiGroups, fastaiTrainable } from '../train/fastai';
import { FEATURE_BYTES, planFeatureCache } from '../memory/featureCache';
import { type Trainable, trainableOf } from '../models/parts';
import type { StepSpec } from '../memory/rehearsal';
import { methodOf, tuneMethodOf } from './method';
import { photosOfEpoch, photosOfSteps } from '../train/trainEpoch';

/** A training epoch or an evaluation, as the run will go through them. */
export interface PlannedPhase {
  phase: 'training' | 'evaluating';
  size: number;
  images: number;
  /** Floating-point operations of the whole phase. */
  flops: number;
  /** Begins with features that were kept, and says little about how quick the adapter is. */
  ofFeatures?: boolean;
}

export interface RunSpec {
  run: RunId;
  config: StudioConfig;
  arch: Architecture;
  classes: number;
  trainCount: number;
  validationCount: number;
  /** Resolution that fine-tuning or `evaluate` works at, worked out. */
  tuneSize: number;
  /** Photos on which the outcome of a step is measured once. */
  heldOutCount?: number;
}

/** Epochs of one training, each with an evaluation. */
interface PlannedTraining {
  trainable: Trainable;
  epochs: number;
  size: number;
  testSize: number;
  /** Whether its views are those of testing. */
  fixed?: boolean;
}

export function plannedPhases(shape: RunSpec): PlannedPhase[] {
  const size = heldOutSize(shape);
  const images = shape.heldOutCount ?? 0;
  if (size === null || images === 0) return phasesOfRun(shape);
  const flops = 2 * images * forwardMacs(shape.arch, size, shape.classes);
  return [...phasesOfRun(shape), { phase: 'evaluating', size, images, flops }];
}

/** Resolution of the held-out photos at a run's end, as far as it is known before; null for runs that do not look at them. */
function heldOutSize({ run, config, tuneSize }: RunSpec): number | null {
  if (run === 'baseline') return evalCropOf(config);
  if (run === 'sweep') return config.trainSize;
  return run === 'finetune' || run === 'evaluate' ? tuneSize : null;
}

function phasesOfRun(shape: RunSpec): PlannedPhase[] {
  const { run, config, arch, classes, trainCount, validationCount, tuneSize } = shape;
  const dropLast = config.recipe === 'fastai' && (startsAnew(run) || run === 'finetune');
  const trained = photosOfEpoch(trainCount, { batchSize: config.batchSize, dropLast });
  const forward = (size: number, images: number, section: Section = {}): PlannedPhase => {
    const flops = 2 * images * forwardMacs(arch, size, classes, section);
    return { phase: 'evaluating', size, images, flops, ofFeatures: section.from !== undefined };
  };
  const evaluation = (size: number) => forward(size, validationCount);
  const training = ({ trainable, epochs, size, testSize, fixed = false }: PlannedTraining): PlannedPhase[] => {
    const { precision } = config;
    const repetition = { arch, trainable, epochs, size, testSize, fixed, trainCount, validationCount, precision };
    const keeping = planFeatureCache({ ...repetition, featureBytes: FEATURE_BYTES });
    const [ofTrain, ofValidation] = [keeping?.train, keeping?.validation].map((kept) => (kept ? keeping!.cut : null));
    const sectionFrom = (cut: SplitPoint | null | undefined) => (cut ? { from: cut } : {});
    const flops = 2 * trained * trainingMacs(arch, size, classes, trainable.isTrainable, sectionFrom(ofTrain));
    const step: PlannedPhase = { phase: 'training', size, images: trained, flops, ofFeatures: Boolean(ofTrain) };
    return [
      ...(ofTrain ? [forward(size, trainCount, { until: ofTrain })] : []),
      ...(ofValidation ? [forward(testSize, validationCount, { until: ofValidation })] : []),
      ...repeated(epochs, [step, forward(testSize, validationCount, sectionFrom(ofValidation))]),
    ];
  };
  const tuning = (trainable: Trainable, size: number, fixed = config.tuneAugmentation === 'test') =>
    training({ trainable, epochs: config.tuneEpochs, size, testSize: size, fixed });
  const whole = trainableOf(arch, 'all');
  const byRecipe = (sizes: Pick<PlannedTraining, 'size' | 'testSize'>): PlannedPhase[] => {
    const { epochs } = config;
    const trainable = baselineTrainable(arch, config);
    if (config.recipe !== 'fastai') return training({ trainable, epochs, ...sizes });
    return [
      ...training({ trainable, epochs: FROZEN_EPOCHS, ...sizes }),
      ...training({ trainable: whole, epochs, ...sizes }),
    ];
  };
  switch (run) {
    case 'lrFinder': {
      const { batchSize, lrFinderSteps, trainSize: size } = config;
      const images = photosOfSteps(trainCount, { batchSize, dropLast }, lrFinderSteps);
      const { isTrainable } = baselineTrainable(arch, config);
      return [{ phase: 'training', size, images, flops: 2 * images * trainingMacs(arch, size, classes, isTrainable) }];
    }
    case 'baseline':
      return byRecipe({ size: config.trainSize, testSize: evalCropOf(config) });
    case 'sweep':
      return [evalCropOf(config), ...sizesOfSweep(config)].map(evaluation);
    case 'finetune': {
      // What the sweep has not measured: another size than its own, or photos that have lost their normalisation.
      const before = config.tuneSize > 0 || config.dropNormalization ? [tuneSize, config.trainSize] : [];
      return [...before.map(evaluation), ...tuning(finetuneTrainable(arch, config), tuneSize)];
    }
    case 'evaluate':
      return [evaluation(tuneSize)];
    case 'ablation':
      return config.ablationSizes.flatMap((size) => [
        evaluation(size),
        ...ABLATION_PARTS.filter((part) => part !== 'none').flatMap((part) =>
          [false, true].flatMap((fixed) => tuning(trainableOf(arch, part), size, fixed)),
        ),
      ]);
    case 'lowResolution': {
      const { trainSize } = config;
      const later = [trainSize, Math.round(trainSize / PAPER_RATIO)].map(evaluation);
      const sizes = [lowSizeOf(config), trainSize];
      return sizes.flatMap((size, i) => [...byRecipe({ size, testSize: trainSize }), ...(later[i] ? [later[i]] : [])]);
    }
    case 'progressive': {
      const size = progressiveSizeOf(config);
      const tunings = [trainableOf(arch, 'statistics'), whole].flatMap((part) => tuning(part, size, false));
      return [...[config.trainSize, size].map(evaluation), ...tunings];
    }
    case 'adaptation': {
      const laws = (size: number) => forward(size, Math.min(trainCount, validationCount));
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

const repeated = (count: number, phases: readonly PlannedPhase[]) => Array.from({ length: count }, () => phases).flat();

/** What the baseline trains first, and its search for a learning rate. */
export const baselineTrainable = (arch: Architecture, config: StudioConfig): Trainable =>
  config.recipe === 'fastai' ? fastaiTrainable(arch, { frozen: true }) : trainableOf(arch, config.trainable);

const finetuneTrainable = (arch: Architecture, config: StudioConfig): Trainable =>
  config.recipe === 'fastai' ? fastaiTrainable(arch, { frozen: true }) : trainableOf(arch, finetunePart(config));

/** A search measures five sizes, and about two more for each halving of the gaps between them. */
function sizesOfSweep({ sweepMode, sweepSizes, sweepFrom, sweepTo }: StudioConfig): readonly number[] {
  if (sweepMode === 'sizes') return sweepSizes;
  const middle = (sweepFrom + sweepTo) / 2;
  const quarter = (sweepTo - sweepFrom) / 4;
  return [...[-2, -1, 0, 1, 2].map((step) => middle + step * quarter), middle, middle].map(Math.round);
}

/** What the run asks of the GPU where it asks most. */
export function stepSpecOf(shape: RunSpec): StepSpec {
  const { run, config, arch, classes } = shape;
  const size = Math.max(...plannedPhases(shape).map((phase) => phase.size));
  const { precision } = config;
  const every = { precision, photosFirst: true };
  const [trained, tuned] = [methodOf, tuneMethodOf].map((method) => ({ ...every, ...method(config, 1, arch) }));
  const batch = { arch, classes, rows: config.batchSize, size };
  const whole = trainableOf(arch, 'all');
  const fastai = { ...every, optimiser: { kind: 'fastai' } } as const;
  const alike = { ...fastai, grouping: fastaiGroups(arch, ALIKE) };
  switch (run) {
    case 'lrFinder': {
      const method = config.recipe === 'fastai' ? alike : { ...trained, averaging: 0 };
      return { ...batch, training: { ...baselineTrainable(arch, config), ...method } };
    }
    case 'baseline':
    case 'lowResolution': {
      const largest = run === 'baseline' ? config.trainSize : Math.max(config.trainSize, lowSizeOf(config));
      if (config.recipe === 'fastai') {
        const grouping = fastaiGroups(arch, BY_FACTORS);
        return { ...batch, size: largest, training: { ...whole, ...fastai, grouping } };
      }
      return { ...batch, size: largest, training: { ...trainableOf(arch, config.trainable), ...trained } };
    }
    case 'ablation':
    case 'progressive':
      return { ...batch, training: { ...whole, ...tuned } };
    case 'finetune':
      return {
        ...batch,
        training: { ...finetuneTrainable(arch, config), ...(config.recipe === 'fastai' ? alike : tuned) },
      };
    case 'sweep':
    case 'evaluate':
    case 'adaptation':
      return { ...batch, training: null };
    default:
      return run satisfies never;
  }
}
