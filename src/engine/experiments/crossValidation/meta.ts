import { formatAccuracy } from '../../base/accuracyText';
import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import { BASELINE_FIELDS, epochsFromStart } from '../baseline/meta';
import { SIZE } from '../common/photos';
import { best, bestOf, doubt, equally, gain, percent, selectionOf, tie, unlessOpened } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { FINETUNE_FIELDS } from '../finetune/meta';
import { SWEEP_FIELDS } from '../sweep/meta';

const OWN = {
  crossFolds: {
    type: 'number',
    default: 5,
    min: 2,
    max: 20,
    integer: true,
    label: 'Folds',
    why: 'So many networks are trained, each on all but one part of the photos, and tested on that part. A folder that has folds of its own keeps those.',
  },
  crossTuneSize: {
    type: 'number',
    default: 0,
    ...SIZE,
    zero: 'not fine-tuned',
    label: 'Fine-tune at',
    why: 'Each fold’s network is fine-tuned at this size, too, by step 3’s settings and on the photos that trained it. Say it beforehand: the most accurate size of these very folds would flatter it.',
  },
} as const satisfies Fields;
const { epochs, trainSize, lr, weightDecay } = BASELINE_FIELDS;
const { tuneEpochs, tuneLr, tuneWeightDecay } = FINETUNE_FIELDS;
const { resizeRatio } = SWEEP_FIELDS;
/** Shown here whichever way the sweep takes. */
const { onlyWith: _, ...sweepSizes } = SWEEP_FIELDS.sweepSizes;
const FIELDS = {
  ...OWN,
  trainSize,
  sweepSizes,
  epochs,
  lr,
  weightDecay,
  tuneEpochs,
  tuneLr,
  tuneWeightDecay,
  resizeRatio,
};
type Config = ConfigOf<typeof FIELDS & Pick<typeof BASELINE_FIELDS, 'recipe'>>;

/** Rows of all folds together: in the settings' own view, and at each test resolution. */
export const OWN_VIEW = 'all folds, own view';
export const ALL_FOLDS = 'all folds';
export const ALL_TUNED = 'all folds, fine-tuned';

export const CROSS_VALIDATION = {
  label: 'Cross-validation',
  asks: 'Does it hang on which photos were held back? Every photo is tested by a network that was trained without it, at every size.',
  paper:
    'Kohavi (1995), A study of cross-validation: each photo is tested once, so that a small set says as much as all of its photos can. The last epoch is tested, as the best would be chosen by the very photos.',
  verbs: { first: 'Cross-validate', again: 'Cross-validate again' },
  fields: FIELDS,
  ownFields: OWN,
  startsAnew: true,
  tests: 'all',
  epochs: (config: Config) => epochsFromStart(config),
  sizes: ({ trainSize: size, sweepSizes: { length } }: Config) =>
    `at ${size} px, tested at ${length} size${length === 1 ? '' : 's'} more`,
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const own = rows.find(({ name }) => name === OWN_VIEW);
  if (!own) return null;
  const by = selectionOf(rows);
  const sizes = rows.filter(({ name }) => name === ALL_FOLDS);
  const folds = rows.filter(({ fold }) => fold !== undefined).map(({ score }) => score);
  const [low, high] = [Math.min, Math.max].map((end) => end(...folds.map(({ accuracy }) => accuracy)));
  const few = Math.min(...folds.map(({ count }) => count));
  const spread = `single folds from ${formatAccuracy(low!, few)} to ${formatAccuracy(high!, few)}`;
  const first = `Tested by networks that had not seen them${unlessOpened(own)}, ${percent(own, 'accuracy')} of ${own.score.count} photos are right at ${own.testSize} px; ${spread}.`;
  const tuned = rows.find(({ name }) => name === ALL_TUNED);
  const untuned = [own, ...sizes].find(({ testSize }) => testSize === tuned?.testSize) ?? own;
  const last = tuned
    ? ` Fine-tuned at ${tuned.testSize} px: ${percent(tuned, by)}, ${gain(tuned, untuned, by)} against ${untuned.testSize} px without it${doubt(tuned)}.`
    : '';
  const leader = bestOf(sizes, by);
  if (!leader) return `${first}${last}`;
  const equal = equally(sizes, by);
  if (equal) return `${first} All ${sizes.length} test resolutions are ${equal}: ${percent(leader, by)}.${last}`;
  const isOwn = leader.testSize === own.testSize;
  const gained = isOwn ? '' : `, ${gain(leader, own, by)} against ${own.testSize} px${doubt(leader)}`;
  return `${first} Of the test resolutions the ${best(by)} is ${leader.testSize} px: ${percent(leader, by)}${gained}.${tie(sizes, leader, by, 'size')}${last}`;
}
