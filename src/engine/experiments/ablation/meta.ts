import { selectedValue } from '../../analysis/score';
import { wilsonInterval } from '../../analysis/wilson';
import type { ConfigOf, Fields } from '../../base/config';
import type { ExperimentRow, Selection } from '../../base/records';
import { best, bestOf, better, doubt, gain, percent, selectionOf, tie } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { FINETUNE_FIELDS } from '../finetune/meta';
import { SWEEP_FIELDS } from '../sweep/meta';

const OWN = {
  ablationSizes: {
    type: 'numberList',
    default: [384],
    min: 32,
    max: 1024,
    unit: 'px',
    label: 'Resolutions',
    why: 'Each part of the network is tuned at each of these sizes.',
  },
} as const satisfies Fields;
const { tuneEpochs, tuneLr, tuneWeightDecay } = FINETUNE_FIELDS;
const { resizeRatio } = SWEEP_FIELDS;
const FIELDS = { ...OWN, tuneEpochs, tuneLr, tuneWeightDecay, resizeRatio };
type Config = ConfigOf<typeof FIELDS>;

export const ABLATION = {
  label: 'What to tune',
  asks: 'How much of the network has to learn the new size, and on which views? Each part is tuned from the same weights.',
  paper: 'FixRes, table 6: most of the gain comes from the classifier and the last batch norm’s statistics.',
  verbs: { first: 'Tune part by part', again: 'Tune again' },
  fields: FIELDS,
  ownFields: OWN,
  leavesRecipe: true,
  epochs: (config: Config) => config.tuneEpochs,
  sizes: ({ ablationSizes }: Config) => `at ${ablationSizes.join(', ')} px`,
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const sizes = [...new Set(rows.map(({ testSize }) => testSize))];
  const sentences = sizes.flatMap((size) => {
    const [untuned, ...tuned] = rows.filter(({ testSize }) => testSize === size);
    if (!untuned || tuned.length === 0) return [];
    const by = selectionOf(tuned);
    const first = bestOf(tuned, by)!;
    if (selectedValue(first.score, by) <= selectedValue(untuned.score, by))
      return [`At ${size} px no way is ${better(by)} than tuning nothing, ${percent(untuned, by)}.`];
    const low = lowEnd(first, untuned, by);
    const alike = tuned.filter((row) => row !== first && selectedValue(row.score, by) >= low).length;
    const others = alike > 0 ? ` ${alike} of ${tuned.length - 1} other ways are within its 95 % interval.` : '';
    return [
      `At ${size} px the ${best(by)} is tuning ${first.name} on ${first.views} views: ${percent(first, by)}, ${gain(first, untuned, by)} against tuning nothing${doubt(first)}.${tie(tuned, first, by, 'way')}${others}`,
    ];
  });
  return sentences.length > 0 ? sentences.join(' ') : null;
}

/** Of the 95 % interval of what a row reaches; of a mean over classes, that of its gain. */
function lowEnd({ score, changed }: ExperimentRow, untuned: ExperimentRow, by: Selection): number {
  if (by === 'accuracy' || !changed?.metric) return wilsonInterval(score.correct, score.count).low;
  return selectedValue(untuned.score, by) + changed.metric.low;
}
