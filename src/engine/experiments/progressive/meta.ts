import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import type { BASELINE_FIELDS } from '../baseline/meta';
import { SIZE } from '../common/photos';
import { doubt, gain, percent, selectionOf } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { FINETUNE_FIELDS } from '../finetune/meta';
import { SWEEP_FIELDS } from '../sweep/meta';

const OWN = {
  progressiveSize: {
    type: 'number',
    default: 0,
    ...SIZE,
    zero: '1.25 times the train resolution, to a multiple of 32 above it',
    label: 'Larger resolution',
    why: 'Where training goes on, with the whole network and with its last layers alone.',
  },
} as const satisfies Fields;
const { tuneEpochs, tuneLr, tuneWeightDecay } = FINETUNE_FIELDS;
const { resizeRatio } = SWEEP_FIELDS;
const FIELDS = { ...OWN, tuneEpochs, tuneLr, tuneWeightDecay, resizeRatio };
type Config = ConfigOf<typeof FIELDS & Pick<typeof BASELINE_FIELDS, 'trainSize'>>;

/** Multiples of 32 fill the last map: five halvings. */
const STRIDE = 32;

export const progressiveSizeOf = ({
  progressiveSize,
  trainSize,
}: Pick<Config, 'progressiveSize' | 'trainSize'>): number =>
  progressiveSize || STRIDE * Math.max(Math.round((1.25 * trainSize) / STRIDE), Math.floor(trainSize / STRIDE) + 1);

export const PROGRESSIVE = {
  label: 'Progressive resizing',
  asks: 'Is it worth training the whole network on at the larger size, or do its last layers do?',
  paper: 'The common way before FixRes, which tunes the last layers alone: a photo goes forward and not back.',
  verbs: { first: 'Train on', again: 'Train on again' },
  fields: FIELDS,
  ownFields: OWN,
  leavesRecipe: true,
  epochs: (config: Config) => config.tuneEpochs,
  sizes: (config: Config) => `${progressiveSizeOf(config)} px`,
  refusal: (config: Config) => {
    const size = progressiveSizeOf(config);
    if (size > config.trainSize) return null;
    const message = `The larger resolution, ${size} px, is not above ${config.trainSize} px, which the weights were trained at`;
    return { message, hint: 'Set a larger one.' };
  },
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const [last, whole] = rows.filter(({ epochs }) => epochs > 0);
  if (!last || !whole) return null;
  const by = selectionOf(rows);
  return `At ${whole.testSize} px training the whole network on reaches ${percent(whole, by)}, ${gain(whole, last, by)} against ${percent(last, by)} with ${last.name} alone${doubt(whole)}${moreWork(whole, last)}.`;
}

function moreWork(whole: ExperimentRow, last: ExperimentRow): string {
  if (!whole.trainMacs || !last.trainMacs) return '';
  return `; it takes ${(whole.trainMacs / last.trainMacs).toFixed(1)} times the work`;
}
