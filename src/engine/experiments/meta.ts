/**
 * Every run's settings and words, as data without runtime imports of the engine. A run is a folder: what it is (`meta.ts`) has a
 * line here, what it does (`run.ts`) is found by the folder's name.
 */
import { type ConfigOf, defaultsOf, parseConfig, parseField } from '../base/config';
import type { ExperimentRow } from '../base/records';
import { ABLATION } from './ablation/meta';
import { ADAPTATION } from './adaptation/meta';
import { BASELINE, BASELINE_FIELDS } from './baseline/meta';
import { COMMON_FIELDS } from './common/meta';
import type { ExperimentMeta, RunMeta } from './common/runMeta';
import { CROSS_VALIDATION } from './crossValidation/meta';
import { EVALUATE } from './evaluate/meta';
import { FINETUNE, FINETUNE_FIELDS } from './finetune/meta';
import { FRAMING } from './framing/meta';
import { LABELS } from './labels/meta';
import { LOW_RESOLUTION } from './lowResolution/meta';
import { LR_FINDER } from './lrFinder/meta';
import { PROGRESSIVE } from './progressive/meta';
import { SWEEP, SWEEP_FIELDS } from './sweep/meta';
import { TEST_TIME } from './testTime/meta';
import { TRAIN_TEST } from './trainTest/meta';

const STEP_METAS = { baseline: BASELINE, sweep: SWEEP, finetune: FINETUNE } as const;
const EXPERIMENT_METAS = {
  ablation: ABLATION,
  lowResolution: LOW_RESOLUTION,
  progressive: PROGRESSIVE,
  adaptation: ADAPTATION,
  framing: FRAMING,
  testTime: TEST_TIME,
  trainTest: TRAIN_TEST,
  crossValidation: CROSS_VALIDATION,
  labels: LABELS,
} as const;
const RUN_METAS = { lrFinder: LR_FINDER, ...STEP_METAS, ...EXPERIMENT_METAS, evaluate: EVALUATE } as const;

export type StepId = keyof typeof STEP_METAS;
/** What goes beyond the three steps, each of which fills a table of its own. */
export type ExperimentId = keyof typeof EXPERIMENT_METAS;
export type RunId = keyof typeof RUN_METAS;

const idsOf = <Id extends string>(metas: Readonly<Record<Id, unknown>>): readonly Id[] => Object.keys(metas) as Id[];
export const STEPS = idsOf(STEP_METAS);
export const EXPERIMENTS = idsOf(EXPERIMENT_METAS);
/** Of one data set's results, in the order that they build on one another. */
export const RUNS = idsOf(RUN_METAS);

type AllOf<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type OwnFields = AllOf<(typeof EXPERIMENT_METAS)[ExperimentId]['ownFields']>;
const OWN_FIELDS = Object.assign({}, ...Object.values(EXPERIMENT_METAS).map(({ ownFields }) => ownFields)) as OwnFields;

export const STUDIO_FIELDS = {
  ...COMMON_FIELDS,
  ...BASELINE_FIELDS,
  ...SWEEP_FIELDS,
  ...FINETUNE_FIELDS,
  ...OWN_FIELDS,
};

/** Everything a run depends on besides the photos; stored whole with every result. */
export type StudioConfig = ConfigOf<typeof STUDIO_FIELDS>;

/** Test sizes, px, as a person writes them; none where there is nothing. @throws StudioError `bad-config`, saying which may be. */
export const parseTestSizes = (given: unknown): readonly number[] =>
  given === undefined || given === ''
    ? []
    : (parseField('sizes', STUDIO_FIELDS.sweepSizes, given) as readonly number[]);

export const RUN_META: Readonly<Record<RunId, RunMeta<StudioConfig>>> = RUN_METAS;
export const EXPERIMENT_META: Readonly<Record<ExperimentId, ExperimentMeta<StudioConfig>>> = EXPERIMENT_METAS;

export const isExperiment = (run: RunId): run is ExperimentId => run in EXPERIMENT_METAS;

export const startsAnew = (run: RunId): boolean => RUN_META[run].startsAnew ?? false;

/** Epochs that one training of the run goes through; 0 where it only measures. */
export const epochsOf = (run: RunId, config: StudioConfig): number => RUN_META[run].epochs?.(config) ?? 0;

/** Why a run would compare nothing with these settings; null where it can run. */
export const refusalOf = (run: RunId, config: StudioConfig): { message: string; hint: string } | null =>
  (isExperiment(run) && EXPERIMENT_META[run].refusal?.(config)) || null;

/** What an experiment's rows say; null while there is nothing to compare. */
export const experimentFinding = (id: ExperimentId, rows: readonly ExperimentRow[]): string | null =>
  rows.length < 2 ? null : EXPERIMENT_META[id].finding(rows);

/** Says that an experiment leaves the recipe of the settings; null where it follows it or trains nothing. */
export function recipeNote(run: RunId, { recipe }: Pick<StudioConfig, 'recipe'>): string | null {
  if (recipe !== 'fastai' || !isExperiment(run) || !EXPERIMENT_META[run].leavesRecipe) return null;
  return 'fastai’s recipe is not followed here: all layers that are trained learn at one rate, by the optimiser and the schedule of the settings, and the best epoch is kept.';
}

export const PRESETS = ['blog', 'paper', 'transfer', 'fastai', 'quick'] as const;
export type PresetId = (typeof PRESETS)[number];

export const PRESET_LABELS: Record<PresetId, { label: string; why: string; differs?: string }> = {
  blog: { label: 'The blog’s', why: 'ResNet-50 at 224 px, ten epochs: what the reference figures come from.' },
  paper: {
    label: 'The paper’s',
    why: 'SGD with step decay, ImageNet colours, and fine-tuning on test views, as FixRes does it.',
    differs:
      'In 20 and 8 epochs for its 120 and 60 and batches of 64 for its 512, at rates scaled alike; its repeated augmentation is left out.',
  },
  transfer: {
    label: 'Transfer, ours',
    why: 'From opened weights to your own photos: AdamW with warm-up and cosine, averaged weights, fine-tuning on test views.',
    differs:
      'AdamW at 0.0002, an epoch of warm-up, filters alone decayed by 0.05, label smoothing 0.1. Of torchvision’s recipe it leaves out SGD at 0.5, TrivialAugment, random erasing, mixup, CutMix, repeated augmentation, 600 epochs, and training at 176 px for tests at 224.',
  },
  fastai: {
    label: 'fastai’s',
    why: 'From opened weights to your own photos as the blog’s second half does it: fastai’s head and fine_tune(5).',
    differs:
      'ResNet-50 at 224 px, then frozen at 280 px. No epoch is selected: the blog’s last had 84.23 %, its best 85.84 %.',
  },
  quick: { label: 'Quick look', why: 'ResNet-18 at 64 px, a few epochs: minutes where the full run would take a day.' },
};

const BLOG: StudioConfig = defaultsOf(STUDIO_FIELDS);

export const PRESET_CONFIGS: Record<PresetId, StudioConfig> = {
  blog: BLOG,
  // Paper, section 5, and imnet_finetune/train.py: lr 0.1 a 256 photos, 0.008 a 512 in fine-tuning, both for a batch of 64.
  paper: {
    ...BLOG,
    augmentation: 'paper',
    normalize: true,
    evalResize: 256,
    optimizer: 'sgd',
    momentum: 0.9,
    schedule: 'step',
    epochs: 20,
    lr: 0.025,
    weightDecay: 1e-4,
    resizeRatio: 256 / 224,
    sweepSizes: [128, 160, 224, 288, 384, 448],
    tuneEpochs: 8,
    tuneAugmentation: 'test',
    tuneLr: 0.001,
    tuneWeightDecay: 1e-4,
  },
  // Ours: warm-up, cosine, smoothing, averaging and bare norms of torchvision's references/classification, with AdamW.
  transfer: {
    ...BLOG,
    normalize: true,
    evalResize: 256,
    schedule: 'cosine',
    warmUp: 1,
    lr: 2e-4,
    weightDecay: 0.05,
    decayAll: false,
    labelSmoothing: 0.1,
    averaging: 0.99,
    resizeRatio: 256 / 224,
    sweepSizes: [128, 160, 224, 256, 288, 320, 384],
    tuneAugmentation: 'test',
    tuneLr: 2e-4,
    tuneWeightDecay: 0.05,
  },
  // cnn_learner(dls, resnet50); fine_tune(5); then, with DataLoaders at 280 px, freeze() and fit(5).
  fastai: {
    ...BLOG,
    arch: 'resnet50-fastai',
    recipe: 'fastai',
    augmentation: 'fastai',
    normalize: true,
    squish: true,
    evalResize: 256,
    epochs: 5,
    lr: 2e-3,
    weightDecay: 0.01,
    resizeRatio: 320 / 280,
    sweepSizes: [128, 168, 224, 280, 336],
    tuneSize: 280,
    tuneEpochs: 5,
    tuneAugmentation: 'fastai',
    tuneLr: 1e-3,
    tuneWeightDecay: 0.01,
    dropNormalization: true,
  },
  quick: {
    ...BLOG,
    arch: 'resnet18',
    batchSize: 16,
    epochs: 5,
    trainSize: 64,
    evalResize: 80,
    sweepSizes: [32, 48, 64, 96, 128],
    sweepFrom: 32,
    sweepTo: 160,
    tuneEpochs: 3,
    ablationSizes: [96],
    trainSizes: [48, 64],
  },
};

/** What settings were called in files and kept runs of earlier versions. */
const FORMER_NAMES: Readonly<Record<string, keyof StudioConfig>> = {
  trains: 'trainable',
  copySide: 'cacheSide',
  loseNormalization: 'dropNormalization',
  rateSteps: 'lrFinderSteps',
};

/** Settings as they are called today; what is unknown stays as it is. */
export const withPresentNames = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).map(([key, value]) => [Object.hasOwn(FORMER_NAMES, key) ? FORMER_NAMES[key] : key, value]),
  );

/** @throws StudioError `bad-config`, naming the key and the value. */
export function parseStudioConfig(given: Readonly<Record<string, unknown>>, preset: PresetId = 'blog'): StudioConfig {
  return parseConfig(STUDIO_FIELDS, { ...PRESET_CONFIGS[preset], ...withPresentNames(given) });
}
