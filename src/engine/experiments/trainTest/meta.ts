import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import { BASELINE_FIELDS, epochsFromStart } from '../baseline/meta';
import { SIZE } from '../common/photos';
import { bestOf, gain, percent, selectionOf } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { FINETUNE_FIELDS } from '../finetune/meta';
import { SWEEP_FIELDS } from '../sweep/meta';

const OWN = {
  trainSizes: {
    type: 'numberList',
    default: [128, 160, 224],
    ...SIZE,
    label: 'Train resolutions',
    why: 'A network is trained from the start at each of them: as many trainings as sizes.',
  },
  tuneEach: {
    type: 'toggle',
    default: true,
    label: 'Fine-tune at each test resolution',
    why: 'Each network is fine-tuned at each test resolution, too: as many short trainings as the table has cells.',
  },
} as const satisfies Fields;
const { epochs, lr, weightDecay } = BASELINE_FIELDS;
const { sweepSizes, resizeRatio } = SWEEP_FIELDS;
const { tuneEpochs, tuneLr, tuneWeightDecay } = FINETUNE_FIELDS;
const FIELDS = {
  ...OWN,
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

/** Names of its rows. */
export const AS_TRAINED = 'as trained';
export const FINE_TUNED = 'fine-tuned';

export const TRAIN_TEST = {
  label: 'Train size × test size',
  asks: 'Which pair of train and test resolution is best, with and without fine-tuning, and at what cost?',
  paper: 'FixRes, tables 5 and 7: testing larger than training pays, fine-tuning adds to it, and both cost.',
  verbs: { first: 'Fill the table', again: 'Fill it again' },
  fields: FIELDS,
  ownFields: OWN,
  startsAnew: true,
  epochs: (config: Config) => epochsFromStart(config),
  sizes: ({ trainSizes, sweepSizes: tested }: Config) => `${trainSizes.length} × ${tested.length} sizes`,
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const by = selectionOf(rows);
  const leader = (wanted: string) =>
    bestOf(
      rows.filter(({ name }) => name === wanted),
      by,
    );
  const [plain, tuned] = [leader(AS_TRAINED), leader(FINE_TUNED)];
  if (!plain) return null;
  const pair = ({ trainSize, testSize }: ExperimentRow) => `trained at ${trainSize} px and tested at ${testSize} px`;
  const same = rows.find(
    (row) => row.name === AS_TRAINED && row.trainSize === plain.trainSize && row.testSize === plain.trainSize,
  );
  const against = same && same !== plain ? `, ${gain(plain, same, by)} against testing at the size trained at` : '';
  const first = `${by === 'accuracy' ? 'Most accurate' : 'Best'} of ${rows.filter(({ name }) => name === AS_TRAINED).length} pairs is ${pair(plain)}: ${percent(plain, by)}${against}.`;
  return tuned ? `${first} Fine-tuned: ${pair(tuned)}, ${percent(tuned, by)}, ${gain(tuned, plain, by)}.` : first;
}
