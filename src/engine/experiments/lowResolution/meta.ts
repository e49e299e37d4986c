import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import { BASELINE_FIELDS, epochsFromStart } from '../baseline/meta';
import { SIZE } from '../common/photos';
import { doubt, gain, percent, selectionOf } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { SWEEP_FIELDS } from '../sweep/meta';

const OWN = {
  lowSize: {
    type: 'number',
    default: 0,
    ...SIZE,
    zero: '0.8 times the train resolution',
    label: 'Lower train resolution',
    why: 'The network trained at this size is tested at the train resolution. Multiples of 32 waste nothing at the last map.',
  },
} as const satisfies Fields;
const { epochs, trainSize, lr, weightDecay } = BASELINE_FIELDS;
const { resizeRatio } = SWEEP_FIELDS;
const FIELDS = { trainSize, ...OWN, epochs, lr, weightDecay, resizeRatio };
type Config = ConfigOf<typeof FIELDS & Pick<typeof BASELINE_FIELDS, 'recipe'>>;

export const lowSizeOf = ({ lowSize, trainSize: size }: Pick<Config, 'lowSize' | 'trainSize'>): number =>
  lowSize || Math.max(SIZE.min, Math.round(0.8 * size));

export const LOW_RESOLUTION = {
  label: 'Train smaller',
  asks: 'Can a network trained at 0.8 times a size, with less work a photo, keep up with one trained at the size?',
  paper:
    'FixRes, section 4.1: training at 0.8 times the test size, or testing at 1.25 times the train size, makes up for objects that look 0.8 times as large in its own test views. How large they look in yours stands beside each pair.',
  verbs: { first: 'Train both', again: 'Train again' },
  fields: FIELDS,
  ownFields: OWN,
  startsAnew: true,
  epochs: (config: Config) => epochsFromStart(config),
  sizes: (config: Config) => `${lowSizeOf(config)} and ${config.trainSize} px`,
  refusal: (config: Config) => {
    const low = lowSizeOf(config);
    if (low < config.trainSize) return null;
    const message = `The lower train resolution, ${low} px, is not below the train resolution, ${config.trainSize} px`;
    return { message, hint: 'Set a lower one, or a higher train resolution.' };
  },
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const [low, same, high] = rows;
  if (!low || !same) return null;
  const by = selectionOf(rows);
  const first = `Trained at ${low.trainSize} px and tested at ${low.testSize} px: ${percent(low, by)}, ${gain(low, same, by)} against training at ${same.trainSize} px${doubt(same)}${lessWork(low, same)}.${apparentSentence(rows)}`;
  if (!high) return first;
  return `${first} Trained at ${high.trainSize} px and tested at ${high.testSize} px: ${percent(high, by)}, ${gain(high, low, by)} against the smaller${doubt(high)}.`;
}

/** By the multiplications of a training step; nothing is said of rows that were stored without them. */
function lessWork(low: ExperimentRow, same: ExperimentRow): string {
  if (!low.trainMacs || !same.trainMacs) return '';
  return `, with ${Math.round(100 * (1 - low.trainMacs / same.trainMacs))} % less work a photo`;
}

/** How large things look in each pair, measured on the photos' own sizes. */
function apparentSentence(rows: readonly ExperimentRow[]): string {
  const told = rows.flatMap(({ apparent, trainSize, testSize }) =>
    apparent === undefined ? [] : [`${apparent.toFixed(2)} times (${trainSize} → ${testSize} px)`],
  );
  return told.length > 0 ? ` Beside training, objects look in testing ${told.join(', ')} as large.` : '';
}
