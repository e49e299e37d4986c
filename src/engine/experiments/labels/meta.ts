import { formatAccuracy } from '../../base/accuracyText';
import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import { BASELINE_FIELDS, epochsFromStart } from '../baseline/meta';
import { unlessOpened } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';

const OWN = {
  labelFolds: {
    type: 'number',
    default: 5,
    min: 2,
    max: 20,
    integer: true,
    label: 'Folds',
    why: 'So many networks are trained, each on all but one part of the training photos, and asked about that part. More see more photos each, and take longer.',
  },
} as const satisfies Fields;
const { epochs, trainSize, lr, weightDecay } = BASELINE_FIELDS;
const FIELDS = { ...OWN, trainSize, epochs, lr, weightDecay };
type Config = ConfigOf<typeof FIELDS & Pick<typeof BASELINE_FIELDS, 'recipe'>>;

/** The row of all folds together, which comes last. */
export const ALL_FOLDS = 'all folds';

export const LABELS = {
  label: 'Check the labels',
  asks: 'Which training photos have a wrong label? Networks that were trained without a photo are asked what it is.',
  paper:
    'Northcutt, Jiang and Chuang (2021), Confident Learning: a photo is doubted where networks that were not trained on it are surer of another class than they usually are of that one.',
  verbs: { first: 'Check the labels', again: 'Check again' },
  fields: FIELDS,
  ownFields: OWN,
  startsAnew: true,
  tests: 'training',
  epochs: (config: Config) => epochsFromStart(config),
  sizes: (config: Config) => `${config.labelFolds} networks at ${config.trainSize} px`,
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const all = rows.find(({ name }) => name === ALL_FOLDS);
  if (!all) return null;
  const { score, note } = all;
  return `Asked about photos that they had not seen${unlessOpened(all)}, the networks agreed with ${formatAccuracy(score.accuracy, score.count)} of the labels; ${note}. Photos, All photos, Problem: “Label doubted” shows them; look before you change one.`;
}
