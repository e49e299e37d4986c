/** What training can do beyond the blog's and the paper's: settings of torchvision's recipes, and for uneven sets. */
import type { Fields } from '../../base/config';

const BALANCES = [
  { value: 'none', label: 'No balancing' },
  { value: 'sampling', label: 'Oversample' },
  { value: 'weights', label: 'Weight the loss' },
] as const;

/** Of the trunk, from a stage on; always the classifier. */
const TRAINS = [
  { value: 'all', label: 'All layers' },
  { value: 'layer3', label: 'Last two stages' },
  { value: 'layer4', label: 'Last stage' },
  { value: 'classifier', label: 'Classifier' },
] as const;

export const RECIPE_FIELDS = {
  trainable: {
    type: 'choice',
    default: 'all',
    options: TRAINS,
    label: 'What is trained',
    why: "From opened weights, less of the network learns sooner, from fewer photos and in less memory; what is frozen stays as it is. fastai's recipe has a way of its own.",
    advanced: true,
  },
  warmUp: {
    type: 'number',
    default: 0,
    min: 0.1,
    max: 100,
    unit: 'epochs',
    zero: 'none',
    label: 'Warm-up',
    onlyWith: ['schedule', 'cosine'],
    why: 'Before the cosine the learning rate rises from a hundredth, so that pretrained weights do not diverge. Half a run at most.',
    advanced: true,
  },
  decayAll: {
    type: 'toggle',
    default: true,
    label: 'Decay norms and biases',
    why: 'On, every tensor decays, as in PyTorch by default; off, filters and the classifier alone. Fine-tuning does the same.',
    advanced: true,
  },
  labelSmoothing: {
    type: 'number',
    default: 0,
    min: 0,
    max: 0.9,
    zero: 'none',
    label: 'Label smoothing',
    why: 'Share of every answer that is spread over all classes, against overconfidence; 0.1 is common. Fine-tuning takes the same.',
    advanced: true,
  },
  balance: {
    type: 'choice',
    default: 'none',
    options: BALANCES,
    label: 'Rare classes',
    why: 'In uneven sets: draw every class equally often, or let photos count by one over their class’s number. Fine-tuning does the same.',
    advanced: true,
  },
  mixup: {
    type: 'number',
    default: 0,
    min: 0.01,
    max: 10,
    zero: 'off',
    label: 'Mixup',
    why: 'Blends each photo with another, and their answers; alpha of the Beta distribution, 0.2 is common. With CutMix, by a coin.',
    advanced: true,
  },
  cutmix: {
    type: 'number',
    default: 0,
    min: 0.01,
    max: 10,
    zero: 'off',
    label: 'CutMix',
    why: 'Pastes a box of another photo into each, and mixes answers by area; alpha of the Beta distribution, 1 is common.',
    advanced: true,
  },
  averaging: {
    type: 'number',
    default: 0,
    min: 0.5,
    max: 0.99999,
    zero: 'off',
    label: 'Average of weights',
    why: 'Decay of a moving average over steps, which is tested and kept in place of the weights; 0.99 to 0.9999. Takes their memory again.',
    advanced: true,
  },
  patience: {
    type: 'number',
    default: 0,
    min: 1,
    max: 1000,
    integer: true,
    unit: 'epochs',
    zero: 'all epochs are trained',
    label: 'Early stopping',
    why: 'Ends a run after so many epochs without a better one. Fine-tuning takes the same.',
    advanced: true,
  },
} as const satisfies Fields;
