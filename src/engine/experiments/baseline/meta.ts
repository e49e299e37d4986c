/** The baseline's settings: the blog's run (reference: "FixRes on Cassava", 2021) is their defaults. */
import type { ConfigOf, Fields } from '../../base/config';
import { OPTIMISERS } from '../../optim/meta';
import { COMMON_FIELDS } from '../common/meta';
import { SIZE, VARIATIONS } from '../common/photos';
import { RECIPE_FIELDS } from '../common/regularisation';
import type { RunMeta } from '../common/runMeta';

const SCHEDULES = [
  { value: 'none', label: 'Constant' },
  { value: 'step', label: 'Step decay' },
  { value: 'cosine', label: 'Cosine' },
] as const;

const RECIPES = [
  { value: 'plain', label: 'One learning rate' },
  { value: 'fastai', label: 'fastai’s' },
] as const;

/** Of fastai's `fine_tune`, before those that the settings say. */
export const FROZEN_EPOCHS = 1;

export const BASELINE_FIELDS = {
  recipe: {
    type: 'choice',
    default: 'plain',
    options: RECIPES,
    label: 'Recipe',
    why: 'fastai’s: an epoch for head and norms, then all layers at rates that grow towards the head, through one cycle each; its own optimiser and schedule take no notice of those below, and the last epoch is kept, whatever the others were.',
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
  coolDownEpochs: {
    type: 'number',
    default: 0,
    min: 1,
    max: 1000,
    integer: true,
    unit: 'epochs',
    zero: 'none',
    label: 'Cool-down',
    why: 'The last so many epochs train on the validation crop, at the train resolution, unmixed, as Cassava’s winners ended by hand. Fine-tuning does the same afterwards, of fewer layers and at any size. Early stopping may end a run before them.',
    onlyWith: ['recipe', 'plain'],
    advanced: true,
  },
  trainSize: {
    type: 'number',
    default: 224,
    ...SIZE,
    label: 'Train resolution',
    why: 'Side of the random crops that the network trains on.',
  },
  augmentation: {
    type: 'choice',
    default: 'blog',
    options: VARIATIONS,
    label: 'Augmentation',
    why: 'Random crops and flips, as in the blog; colours too, as in the paper; or fastai’s turns, warps and light.',
  },
  evalCrop: {
    type: 'number',
    default: 0,
    ...SIZE,
    zero: 'train resolution',
    label: 'Validation crop',
    why: 'Side of the centre crop that validation accuracy is measured on; 0 follows the train resolution.',
  },
  evalResize: {
    type: 'number',
    default: 0,
    ...SIZE,
    zero: 'no resize',
    label: 'Validation resize',
    why: 'Shorter side before the crop, and no less than a crop that follows the train resolution; 0 crops from the full photo, as the blog’s baseline does.',
  },
  lr: {
    type: 'number',
    default: 1e-3,
    min: 1e-8,
    max: 10,
    label: 'Learning rate',
    why: `The optimiser’s step size at the start of the run. ${OPTIMISERS.map(({ label, lr }) => `${label} wants ${lr}`).join(', ')}.`,
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

type BaselineConfig = ConfigOf<typeof BASELINE_FIELDS>;

/** Epochs that a training from the start goes through, of which fastai's recipe has one more. */
export const epochsFromStart = ({ recipe, epochs }: Pick<BaselineConfig, 'recipe' | 'epochs'>): number =>
  epochs + (recipe === 'fastai' ? FROZEN_EPOCHS : 0);

/** What 0 stands for is worked out. */
export const evalCropOf = (config: Pick<BaselineConfig, 'evalCrop' | 'trainSize'>): number =>
  config.evalCrop || config.trainSize;

export const BASELINE = {
  label: 'Baseline',
  fields: { ...COMMON_FIELDS, ...BASELINE_FIELDS },
  startsAnew: true,
  epochs: epochsFromStart,
} satisfies RunMeta;
