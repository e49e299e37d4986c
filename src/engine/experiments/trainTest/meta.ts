import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import { BASELINE_FIELDS, epochsFromStart } from '../baseline/meta';
import { SIZE } from '../common/photos';
import { bestOf, doubt, equally, gain, percent, selectionOf, tie } from '../common/rows';
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
  const named = (wanted: string) => rows.filter(({ name }) => name === wanted);
  const [trained, fineTuned] = [named(AS_TRAINED), named(FINE_TUNED)];
  const [plain, tuned] = [bestOf(trained, by), bestOf(fineTuned, by)];
  if (!plain) return null;
  const pair = ({ trainSize, testSize }: ExperimentRow) => `trained at ${trainSize} px and tested at ${testSize} px`;
  const same = trained.find(({ trainSize, testSize }) => trainSize === plain.trainSize && testSize === trainSize);
  const against = same && same !== plain ? `, ${gain(plain, same, by)} against testing at the size trained at` : '';
  const equal = equally(trained, by);
  const first = equal
    ? `All ${trained.length} pairs are ${equal}: ${percent(plain, by)}.`
    : `${by === 'accuracy' ? 'Most accurate' : 'Best'} of ${trained.length} pairs is ${pair(plain)}: ${percent(plain, by)}${against}.${tie(trained, plain, by, 'pair')}`;
  if (!tuned) return first;
  const untuned = trained.find(
    ({ trainSize, testSize }) => trainSize === tuned.trainSize && testSize === tuned.testSize,
  );
  const gained = untuned ? `, ${gain(tuned, untuned, by)} against the pair as trained${doubt(tuned)}` : '';
  return `${first} Fine-tuned: ${pair(tuned)}, ${percent(tuned, by)}${gained}.${tie(fineTuned, tuned, by, 'pair')}`;
}
