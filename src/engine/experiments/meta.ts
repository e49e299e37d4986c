/**
 * The three steps' settings and presets, as data without runtime imports of the engine.
 * Defaults are those of the blog's run (reference: "FixRes on Cassava", 2021).
 */
import { type ConfigOf, defaultsOf, type Fields, parseConfig } from '../base/config';
import { RECIPE_FIELDS } from './common/regularisation';
import { COMMON_FIELDS } from './common/meta';
import { OPTIMISERS } from '../optim/meta';

export const STEPS = ['baseline', 'sweep', 'finetune'] as const;
export type StepId = (typeof STEPS)[number];
/** What goes beyond the three steps, each of which fills a table of its own. */
export const EXPERIMENTS = ['ablation', 'lowResolution', 'progressive', 'adaptation'] as const;
export type ExperimentId = (typeof EXPERIMENTS)[number];
/**
 * `lrFinder` searches one for the baseline; `evaluate` measures the present weights at the baseline's test view, and the
 * terminal offers it too.
 */
export type RunId = 'lrFinder' | StepId | ExperimentId | 'evaluate';
/** Of one data set's results, in the order that they build on one another. */
export const RUNS: readonly RunId[] = ['lrFinder', ...STEPS, ...EXPERIMENTS, 'evaluate'];

/** Starts where a baseline does, at opened weights or at random ones, and follows its recipe; all others need weights. */
export const startsAnew = (run: RunId): boolean => run === 'baseline' || run === 'lrFinder' || run === 'lowResolution';

/** Sizes below 32 px leave nothing of a photo after five halvings; above 1024 px no adapter we know has the memory. */
const size = { min: 32, max: 1024, integer: true, unit: 'px' } as const;

/** How training photos are varied: by torchvision as in the blog or the paper, or by fastai. */
const VARIATIONS = [
  { value: 'blog', label: 'Random crops' },
  { value: 'paper', label: 'Crops and colours' },
  { value: 'fastai', label: "fastai's" },
] as const;

const SCHEDULES = [
  { value: 'none', label: 'Constant' },
  { value: 'step', label: 'Step decay' },
  { value: 'cosine', label: 'Cosine' },
] as const;

const RECIPES = [
  { value: 'plain', label: 'One learning rate' },
  { value: 'fastai', label: "fastai's" },
] as const;

/** Of fastai's `fine_tune`, before those that the settings say. */
export const FROZEN_EPOCHS = 1;

export const BASELINE_FIELDS = {
  recipe: {
    type: 'choice',
    default: 'plain',
    options: RECIPES,
    label: 'Recipe',
    why: "fastai's: an epoch for head and norms, then all layers at rates that grow towards the head, through one cycle each; its own optimiser and schedule take no notice of those below, and the last epoch is kept, whatever the others were.",
    advanced: true,
  },
  epochs: {
    type: 'number',
    default: 10,
    min: 1,
    max: 1000,
    integer: true,
    label: 'Epochs',
    why: 'How often the network sees every training photo.',
  },
  trainSize: {
    type: 'number',
    default: 224,
    ...size,
    label: 'Train resolution',
    why: 'Side of the random crops that the network trains on.',
  },
  augmentation: {
    type: 'choice',
    default: 'blog',
    options: VARIATIONS,
    label: 'Augmentation',
    why: "Random crops and flips, as in the blog; colours too, as in the paper; or fastai's turns, warps and light.",
  },
  evalCrop: {
    type: 'number',
    default: 0,
    ...size,
    zero: 'train resolution',
    label: 'Validation crop',
    why: 'Side of the centre crop that validation accuracy is measured on; 0 follows the train resolution.',
  },
  evalResize: {
    type: 'number',
    default: 0,
    ...size,
    zero: 'no resize',
    label: 'Validation resize',
    why: "Shorter side before the crop, and no less than a crop that follows the train resolution; 0 crops from the full photo, as the blog's baseline does.",
  },
  lr: {
    type: 'number',
    default: 1e-3,
    min: 1e-8,
    max: 10,
    label: 'Learning rate',
    why: `The optimiser's step size at the start of the run. ${OPTIMISERS.map(({ label, lr }) => `${label} wants ${lr}`).join(', ')}.`,
  },
  lrFinderSteps: {
    type: 'number',
    default: 100,
    min: 10,
    max: 1000,
    integer: true,
    label: 'Steps of the search',
    why: 'How many batches the search for a learning rate takes at most. More of them make a smoother curve.',
    advanced: true,
  },
  optimizer: {
    type: 'choice',
    default: 'adamw',
    options: OPTIMISERS,
    label: 'Optimiser',
    why: `${OPTIMISERS.map(({ why }) => why).join(' ')} Fine-tuning takes the same.`,
    advanced: true,
  },
  momentum: {
    type: 'number',
    default: 0.9,
    min: 0,
    max: 0.999,
    label: 'Momentum',
    why: 'Of SGD: the share of the last step that the next one keeps. The others take no notice.',
    advanced: true,
  },
  schedule: {
    type: 'choice',
    default: 'none',
    options: SCHEDULES,
    label: 'Learning rate over time',
    why: 'Step decay divides it by ten after each quarter of the epochs, and at half of fine-tuning, as the paper does every 30 of 120 and of 60; a cosine lets it fall to nothing, smoothly.',
    advanced: true,
  },
  weightDecay: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 10,
    label: 'Weight decay',
    why: 'SGD adds it to the gradient; with all others it is decoupled from it.',
    advanced: true,
  },
  ...RECIPE_FIELDS,
} as const satisfies Fields;

export const SWEEP_FIELDS = {
  sweepMode: {
    type: 'choice',
    default: 'sizes',
    options: [
      { value: 'sizes', label: 'These sizes' },
      { value: 'best', label: 'Find the best' },
    ],
    label: 'Sizes',
    why: 'Given ones, or as few as it takes to find the best: coarse over a range, then fine around the best so far.',
  },
  sweepSizes: {
    type: 'numberList',
    default: [64, 128, 224, 384, 480],
    min: 32,
    max: 1024,
    unit: 'px',
    label: 'Test resolutions',
    onlyWith: ['sweepMode', 'sizes'],
    why: 'The same weights are evaluated at each of these sizes. Multiples of 32 waste nothing.',
  },
  sweepFrom: {
    type: 'number',
    default: 64,
    ...size,
    label: 'Smallest size',
    why: 'Where the search for the best size starts.',
    onlyWith: ['sweepMode', 'best'],
  },
  sweepTo: {
    type: 'number',
    default: 512,
    ...size,
    label: 'Largest size',
    why: 'Where the search for the best size ends. Time and memory grow with its square.',
    onlyWith: ['sweepMode', 'best'],
  },
  resizeRatio: {
    type: 'number',
    default: 1.25,
    min: 1,
    max: 4,
    zero: 'no resize',
    label: 'Resize ratio',
    why: 'Photos are resized to ratio x size, then centre-cropped. The blog uses 1.25, the paper 256/224 = 1.143; 0 crops from the full photo. Squished photos take no notice.',
    advanced: true,
  },
} as const satisfies Fields;

export const FINETUNE_FIELDS = {
  tuneEpochs: {
    type: 'number',
    default: 5,
    min: 1,
    max: 1000,
    integer: true,
    label: 'Epochs',
    why: 'How often the classifier sees every training photo at the new size.',
  },
  tuneSize: {
    type: 'number',
    default: 0,
    ...size,
    zero: 'best of the sweep',
    label: 'Resolution',
    why: 'Train and test side of the fine-tuning; 0 takes the best size of the sweep.',
  },
  tuneAugmentation: {
    type: 'choice',
    default: 'blog',
    options: [...VARIATIONS, { value: 'test', label: 'Test views' }, { value: 'shifted', label: 'Shifted test views' }],
    label: 'Augmentation',
    why: 'The blog tunes on random crops; the paper on test views, or on test views moved sideways and hardly recoloured.',
    advanced: true,
  },
  tuneLr: {
    type: 'number',
    default: 1e-3,
    min: 1e-8,
    max: 10,
    label: 'Learning rate',
    why: 'Step size of the new optimiser.',
    advanced: true,
  },
  tuneWeightDecay: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 10,
    label: 'Weight decay',
    why: 'Of the trained tensors only: frozen means untouched.',
    advanced: true,
  },
  dropNormalization: {
    type: 'toggle',
    default: false,
    label: 'Drop normalisation',
    why: 'Fine-tunes and tests on photos that are not normalised, as happens in fastai when a learner is given other DataLoaders.',
    advanced: true,
  },
  tuneAffine: {
    type: 'toggle',
    default: false,
    label: "Train the last batch norm's affine",
    why: "Off in the blog and in FixRes' own code: only its running statistics move.",
    advanced: true,
  },
} as const satisfies Fields;

/** Epochs that one training of the run goes through, of which fastai's recipe has one more; 0 where it only measures. */
export function epochsOf(run: RunId, { recipe, epochs, tuneEpochs }: StudioConfig): number {
  if (run === 'sweep' || run === 'evaluate' || run === 'adaptation' || run === 'lrFinder') return 0;
  return startsAnew(run) ? epochs + (recipe === 'fastai' ? FROZEN_EPOCHS : 0) : tuneEpochs;
}

export const EXPERIMENT_FIELDS = {
  ablationSizes: {
    type: 'numberList',
    default: [384],
    min: 32,
    max: 1024,
    unit: 'px',
    label: 'Resolutions',
    why: 'Each part of the network is tuned at each of these sizes.',
  },
  lowSize: {
    type: 'number',
    default: 0,
    ...size,
    zero: '0.8 times the train resolution',
    label: 'Lower train resolution',
    why: 'The network trained at this size is tested at the train resolution. Multiples of 32 waste nothing at the last map.',
  },
  progressiveSize: {
    type: 'number',
    default: 0,
    ...size,
    zero: '1.25 times the train resolution, to a multiple of 32',
    label: 'Larger resolution',
    why: 'Where training goes on, with the whole network and with its last layers alone.',
  },
} as const satisfies Fields;

export const STUDIO_FIELDS = {
  ...COMMON_FIELDS,
  ...BASELINE_FIELDS,
  ...SWEEP_FIELDS,
  ...FINETUNE_FIELDS,
  ...EXPERIMENT_FIELDS,
} as const;

/** Everything a run depends on besides the photos; stored whole with every result. */
export type StudioConfig = ConfigOf<typeof STUDIO_FIELDS>;

const { ablationSizes, lowSize, progressiveSize } = EXPERIMENT_FIELDS;
const { tuneEpochs, tuneLr, tuneWeightDecay } = FINETUNE_FIELDS;
const { epochs, trainSize, lr, weightDecay } = BASELINE_FIELDS;
const { resizeRatio } = SWEEP_FIELDS;
const { onlyWith: _, ...adaptationSizes } = SWEEP_FIELDS.sweepSizes;

/** What the page shows beside each run. Experiments share the steps' settings where they do the same. */
export const FIELDS_OF_RUN: Record<StepId | ExperimentId, Fields> = {
  baseline: { ...COMMON_FIELDS, ...BASELINE_FIELDS },
  sweep: SWEEP_FIELDS,
  finetune: FINETUNE_FIELDS,
  ablation: { ablationSizes, tuneEpochs, tuneLr, tuneWeightDecay, resizeRatio },
  lowResolution: { trainSize, lowSize, epochs, lr, weightDecay, resizeRatio },
  progressive: { progressiveSize, tuneEpochs, tuneLr, tuneWeightDecay, resizeRatio },
  adaptation: { sweepSizes: adaptationSizes, resizeRatio },
};

export const EXPERIMENT_LABELS: Record<ExperimentId, { label: string; asks: string; paper: string }> = {
  ablation: {
    label: 'What to tune',
    asks: 'How much of the network has to learn the new size, and on which views? Each part is tuned from the same weights.',
    paper: "FixRes, table 6: most of the gain comes from the classifier and the last batch norm's statistics.",
  },
  lowResolution: {
    label: 'Train smaller',
    asks: 'Can a network trained at 0.8 times a size, with less work a photo, keep up with one trained at the size?',
    paper:
      'FixRes, section 4.1: training at 0.8 times the test size, or testing at 1.25 times the train size, makes up for objects that look 0.8 times as large in its own test views. How large they look in yours stands beside each pair.',
  },
  progressive: {
    label: 'Progressive resizing',
    asks: 'Is it worth training the whole network on at the larger size, or do its last layers do?',
    paper: 'The common way before FixRes, which tunes the last layers alone: a photo goes forward and not back.',
  },
  adaptation: {
    label: 'Without training',
    asks: 'Do activations that are mapped to look as in training make up for another size, with no weight trained?',
    paper: 'FixRes, section 4.2 and appendix A: its text hopes for a small gain, its own table finds none.',
  },
};

/** Says that an experiment leaves the recipe of the settings; null where it follows it or trains nothing. */
export function recipeNote(run: RunId, { recipe }: Pick<StudioConfig, 'recipe'>): string | null {
  if (recipe !== 'fastai' || (run !== 'ablation' && run !== 'progressive')) return null;
  return "fastai's recipe is not followed here: all layers that are trained learn at one rate, by the optimiser and the schedule of the settings, and the best epoch is kept.";
}

/** What the ablation tunes, from nothing to everything. */
export const ABLATION_PARTS = ['none', 'classifier', 'statistics', 'affine', 'lastBlock', 'all'] as const;
export type AblationPart = (typeof ABLATION_PARTS)[number];

export const PART_LABELS: Record<AblationPart, string> = {
  none: 'nothing',
  classifier: 'the classifier',
  statistics: 'the classifier and last statistics',
  affine: 'the classifier and last norm',
  lastBlock: 'the classifier and last block',
  all: 'the whole network',
};

/** What fine-tuning trains; fastai's recipe apart. */
export const finetunePart = ({ tuneAffine }: Pick<StudioConfig, 'tuneAffine'>) =>
  tuneAffine ? ('affine' as const) : ('statistics' as const);

/** Multiples of 32 fill the last map: five halvings. */
const STRIDE = 32;

/** What 0 stands for is worked out. */
export const evalCropOf = (config: Pick<StudioConfig, 'evalCrop' | 'trainSize'>): number =>
  config.evalCrop || config.trainSize;

export const lowSizeOf = (config: Pick<StudioConfig, 'lowSize' | 'trainSize'>): number =>
  config.lowSize || Math.max(size.min, Math.round(0.8 * config.trainSize));

export const progressiveSizeOf = (config: Pick<StudioConfig, 'progressiveSize' | 'trainSize'>): number =>
  config.progressiveSize || Math.round((1.25 * config.trainSize) / STRIDE) * STRIDE;

export const PRESETS = ['blog', 'paper', 'transfer', 'fastai', 'quick'] as const;
export type PresetId = (typeof PRESETS)[number];

export const PRESET_LABELS: Record<PresetId, { label: string; why: string }> = {
  blog: { label: "The blog's", why: 'ResNet-50 at 224 px, ten epochs: what the reference figures come from.' },
  paper: {
    label: "The paper's",
    why: 'SGD with step decay, ImageNet colours, and fine-tuning on test views, as FixRes does it, in 20 and 8 epochs for its 120 and 60 and batches of 64 for its 512, at rates scaled alike; its repeated augmentation is left out.',
  },
  transfer: {
    label: 'Transfer, ours',
    why: "From opened weights to one's own photos by a recipe of our own: AdamW at 0.0002, an epoch of warm-up and a cosine, filters alone decayed by 0.05, label smoothing 0.1, averaged weights; then fine-tuning on test views. Of torchvision's recipe it leaves out SGD at 0.5, TrivialAugment, random erasing, mixup, CutMix, repeated augmentation, 600 epochs, and training at 176 px for tests at 224.",
  },
  fastai: {
    label: "fastai's",
    why: "From opened weights to one's own photos as the blog's second half does it: ResNet-50 under fastai's head, fine_tune(5) at 224 px, then frozen at 280 px. No epoch is selected: the blog's last had 84.23 %, its best 85.84 %.",
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
  Object.fromEntries(Object.entries(given).map(([key, value]) => [FORMER_NAMES[key] ?? key, value]));

/** @throws StudioError `bad-config`, naming the key and the value. */
export function parseStudioConfig(given: Readonly<Record<string, unknown>>, preset: PresetId = 'blog'): StudioConfig {
  return parseConfig(STUDIO_FIELDS, { ...PRESET_CONFIGS[preset], ...withPresentNames(given) });
}
