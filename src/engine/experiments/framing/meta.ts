import { selectedValue } from '../../analysis/score';
import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import type { BASELINE_FIELDS } from '../baseline/meta';
import { SIZE } from '../common/photos';
import { best, bestOf, better, doubt, gain, percent, selectionOf, tie } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { SWEEP_FIELDS } from '../sweep/meta';

const OWN = {
  framingSize: {
    type: 'number',
    default: 0,
    ...SIZE,
    zero: 'train resolution',
    label: 'Test resolution',
    why: 'Side of every crop: the network gets as many pixels each time, of more or less of the photo.',
  },
  cropShares: {
    type: 'numberList',
    default: [70, 80, 88, 95, 100],
    min: 20,
    max: 100,
    unit: '%',
    label: 'Shares of the shorter side',
    why: 'What the centre crop shows of it: 100 shows all, 88 is ImageNet’s habit (224 of 256), 80 the blog’s.',
  },
} as const satisfies Fields;
const { resizeRatio } = SWEEP_FIELDS;
const FIELDS = { ...OWN, resizeRatio };
type Config = ConfigOf<typeof FIELDS & Pick<typeof BASELINE_FIELDS, 'trainSize'>>;

export const framingSizeOf = ({ framingSize, trainSize }: Pick<Config, 'framingSize' | 'trainSize'>): number =>
  framingSize || trainSize;

/** The row of the settings' own crop, which the others are held against. */
export const OWN_CROP = 'the crop of the settings';

export const FRAMING = {
  label: 'Framing',
  asks: 'Is it the resolution that matters, or how much of the photo the crop shows? One resolution, several crops.',
  paper:
    'FixRes, section 3: a test crop changes how large things look and how much of them is seen, at once. Here the pixels stay the same and the crop alone changes.',
  verbs: { first: 'Measure', again: 'Measure again' },
  fields: FIELDS,
  ownFields: OWN,
  sizes: (config: Config) => `${config.cropShares.length} crops at ${framingSizeOf(config)} px`,
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const own = rows.find(({ name }) => name === OWN_CROP);
  const others = rows.filter((row) => row !== own);
  const by = selectionOf(rows);
  const first = bestOf(others, by);
  if (!own || !first) return null;
  if (selectedValue(first.score, by) <= selectedValue(own.score, by))
    return `At ${own.testSize} px no crop is ${better(by)} than ${OWN_CROP}, ${percent(own, by)}.`;
  return `At ${own.testSize} px the ${best(by, 'crop')} shows ${first.name}: ${percent(first, by)}, ${gain(first, own, by)} against ${OWN_CROP}${doubt(first)}.${tie(others, first, by, 'crop')}`;
}
