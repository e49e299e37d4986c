import { selectedValue } from '../../analysis/score';
import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import type { BASELINE_FIELDS } from '../baseline/meta';
import { SIZE } from '../common/photos';
import { best, bestOf, doubt, gain, percent, selectionOf, tie } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { SWEEP_FIELDS } from '../sweep/meta';

const OWN = {
  testTimeSize: {
    type: 'number',
    default: 0,
    ...SIZE,
    zero: 'train resolution',
    label: 'Test resolution',
    why: 'Of the one view that the others are held against, of its mirror image and of the five crops.',
  },
} as const satisfies Fields;
const { sweepSizes, resizeRatio } = SWEEP_FIELDS;
const FIELDS = { ...OWN, sweepSizes, resizeRatio };
type Config = ConfigOf<typeof FIELDS & Pick<typeof BASELINE_FIELDS, 'trainSize'>>;

export const testTimeSizeOf = ({ testTimeSize, trainSize }: Pick<Config, 'testTimeSize' | 'trainSize'>): number =>
  testTimeSize || trainSize;

/** The row that the others are held against. */
export const ONE_VIEW = 'one view';
/** Where photos are not square: at the same scale, none of it cropped. */
export const WHOLE_PHOTO = 'the whole photo, as wide as it is';

export const TEST_TIME = {
  label: 'Several views a photo',
  asks: 'What does it gain to look at every photo several times in testing, and average what the network says?',
  paper:
    'FixRes tests at several resolutions, too: trained at 224 px, averaged over 384 and 352 px, its ResNet-50 gets 79.5 % of ImageNet. Averaging a photo and its mirror image, or five crops, is what AlexNet did (Krizhevsky et al., 2012).',
  verbs: { first: 'Measure', again: 'Measure again' },
  fields: FIELDS,
  ownFields: OWN,
  sizes: (config: Config) => `${testTimeSizeOf(config)} px, and ${config.sweepSizes.join(', ')} px averaged`,
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const own = rows.find(({ name }) => name === ONE_VIEW);
  const others = rows.filter((row) => row !== own);
  const by = selectionOf(rows);
  const first = bestOf(others, by);
  if (!own?.testMacs || !first) return null;
  const cost = `${(first.testMacs! / own.testMacs).toFixed(1)} times the work a photo`;
  if (selectedValue(first.score, by) <= selectedValue(own.score, by))
    return `Nothing gained: ${ONE_VIEW} gets ${percent(own, by)}${by === 'accuracy' ? ' right' : ''}, and no average more.`;
  const said = best(by);
  return `${said[0]!.toUpperCase()}${said.slice(1)}: ${first.name}, ${percent(first, by)}, ${gain(first, own, by)} against ${ONE_VIEW}${doubt(first)}, for ${cost}.${tie(others, first, by, 'average')}`;
}
