/** What a run will go through, worked out from shapes alone: its phases and their work. */
import { FEATURE_BYTES, planFeatureCache } from '../memory/featureCache';
import type { StepSpec } from '../memory/rehearsal';
import { forwardMacs, type Section, trainingMacs } from '../models/cost';
import type { Architecture } from '../models/meta';
import type { SplitPoint } from '../models/model';
import { type Trainable, trainableOf } from '../models/parts';
import { ALIKE, BY_FACTORS, type Discrimination, fastaiGroups, fastaiTrainable } from '../train/fastai';
import { lastPhotoIsLone } from '../train/lonePhoto';
import { photosOfEpoch } from '../train/trainEpoch';
import { FROZEN_EPOCHS } from './baseline/meta';
import { finetunePart } from './finetune/meta';
import type { RunId, StudioConfig } from './meta';
import { methodOf, tuneMethodOf } from './method';

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
  /** That the photos come in; absent where the folder has none. */
  folds?: number;
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

/** What a training step asks of the GPU; `size` where it is not the largest of the run's phases. */
export interface PlannedStep {
  size?: number;
  training: NonNullable<StepSpec['training']>;
}

/** Phases and steps as the settings have them, by what they do. */
export class Planner {
  constructor(readonly spec: RunSpec) {}

  /** `images` photos forward, or through a section of the network. */
  forward(size: number, images: number, section: Section = {}): PlannedPhase {
    const flops = 2 * images * forwardMacs(this.spec.arch, size, this.spec.classes, section);
    return { phase: 'evaluating', size, images, flops, ofFeatures: section.from !== undefined };
  }

  /** All validation photos. */
  evaluation(size: number): PlannedPhase {
    return this.forward(size, this.spec.validationCount);
  }

  training({ trainable, epochs, size, testSize, fixed = false }: PlannedTraining, dropLast = false): PlannedPhase[] {
    const { arch, classes, config, trainCount, validationCount } = this.spec;
    const { precision, batchSize } = config;
    const repetition = { arch, trainable, epochs, size, testSize, fixed, trainCount, validationCount, precision };
    const keeping = planFeatureCache({ ...repetition, featureBytes: FEATURE_BYTES });
    const [ofTrain, ofValidation] = [keeping?.train, keeping?.validation].map((kept) => (kept ? keeping!.cut : null));
    const sectionFrom = (cut: SplitPoint | null | undefined) => (cut ? { from: cut } : {});
    const drops = dropLast || lastPhotoIsLone({ arch, trainable, count: trainCount, batchSize, size });
    const images = photosOfEpoch(trainCount, { batchSize, dropLast: drops });
    const flops = 2 * images * trainingMacs(arch, size, classes, trainable.isTrainable, sectionFrom(ofTrain));
    const step: PlannedPhase = { phase: 'training', size, images, flops, ofFeatures: Boolean(ofTrain) };
    const epoch = [step, this.forward(testSize, validationCount, sectionFrom(ofValidation))];
    return [
      ...(ofTrain ? [this.forward(size, trainCount, { until: ofTrain })] : []),
      ...(ofValidation ? [this.forward(testSize, validationCount, { until: ofValidation })] : []),
      ...Array.from({ length: epochs }, () => epoch).flat(),
    ];
  }

  /** A fine-tuning of some part at a size, tested there. */
  tuning(trainable: Trainable, size: number, how: { fixed: boolean; dropLast?: boolean }): PlannedPhase[] {
    const { tuneEpochs: epochs } = this.spec.config;
    return this.training({ trainable, epochs, size, testSize: size, fixed: how.fixed }, how.dropLast);
  }

  /** A training from the start, by the recipe of the settings. */
  byRecipe(sizes: Pick<PlannedTraining, 'size' | 'testSize'>): PlannedPhase[] {
    const { arch, config } = this.spec;
    const { epochs } = config;
    const trainable = baselineTrainable(arch, config);
    if (config.recipe !== 'fastai') return this.training({ trainable, epochs, ...sizes });
    const whole = trainableOf(arch, 'all');
    return [
      ...this.training({ trainable, epochs: FROZEN_EPOCHS, ...sizes }, true),
      ...this.training({ trainable: whole, epochs, ...sizes }, true),
    ];
  }

  /** The largest step of a training from the start. */
  stepByRecipe(size: number): PlannedStep {
    const { arch, config } = this.spec;
    if (config.recipe === 'fastai') return { size, training: this.fastaiStep(trainableOf(arch, 'all'), BY_FACTORS) };
    const training = { ...trainableOf(arch, config.trainable), ...this.every(), ...methodOf(config, 1, arch) };
    return { size, training };
  }

  /** A step that tunes some part by the settings' method. */
  tuningStep(trainable: Trainable): PlannedStep {
    const { arch, config } = this.spec;
    return { training: { ...trainable, ...this.every(), ...tuneMethodOf(config, 1, arch) } };
  }

  fastaiStep(trainable: Trainable, discrimination: Discrimination = ALIKE): PlannedStep['training'] {
    const grouping = fastaiGroups(this.spec.arch, discrimination);
    return { ...trainable, ...this.every(), optimiser: { kind: 'fastai' }, grouping };
  }

  private every() {
    return { precision: this.spec.config.precision, photosFirst: true };
  }
}

/** What the baseline trains first, and its search for a learning rate. */
export const baselineTrainable = (arch: Architecture, config: StudioConfig): Trainable =>
  config.recipe === 'fastai' ? fastaiTrainable(arch, { frozen: true }) : trainableOf(arch, config.trainable);

export const finetuneTrainable = (arch: Architecture, config: StudioConfig): Trainable =>
  config.recipe === 'fastai' ? fastaiTrainable(arch, { frozen: true }) : trainableOf(arch, finetunePart(config));
