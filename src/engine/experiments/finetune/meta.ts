import type { ConfigOf, Fields } from '../../base/config';
import { SIZE, VARIATIONS } from '../common/photos';
import type { RunMeta } from '../common/runMeta';

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
    ...SIZE,
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
    label: 'Train the last batch norm’s affine',
    why: 'Off in the blog and in FixRes’ own code: only its running statistics move.',
    advanced: true,
  },
} as const satisfies Fields;

type FinetuneConfig = ConfigOf<typeof FINETUNE_FIELDS>;

/** What fine-tuning trains; fastai's recipe apart. */
export const finetunePart = ({ tuneAffine }: Pick<FinetuneConfig, 'tuneAffine'>) =>
  tuneAffine ? ('affine' as const) : ('statistics' as const);

export const FINETUNE = {
  label: 'Fine-tune',
  fields: FINETUNE_FIELDS,
  epochs: ({ tuneEpochs }: FinetuneConfig) => tuneEpochs,
} satisfies RunMeta;
