import { SELECTION_NAMES, selectedValue } from '../../analysis/score';
import { testName } from '../../analysis/sizeChoice';
import { formatPoints } from '../../base/accuracyText';
import type { ConfigOf } from '../../base/config';
import type { ExperimentRow } from '../../base/records';
import { beyondNoise, gain, selectionOf } from '../common/rows';
import type { ExperimentMeta } from '../common/runMeta';
import { SWEEP_FIELDS } from '../sweep/meta';

const { resizeRatio } = SWEEP_FIELDS;
/** Shown here whichever way the sweep takes. */
const { onlyWith: _, ...sweepSizes } = SWEEP_FIELDS.sweepSizes;
const FIELDS = { sweepSizes, resizeRatio };

export const ADAPTATION = {
  label: 'Without training',
  asks: 'Do activations that are mapped to look as in training make up for another size, with no weight trained?',
  paper: 'FixRes, section 4.2 and appendix A: its text hopes for a small gain, its own table finds none.',
  verbs: { first: 'Fit and map', again: 'Fit again' },
  fields: FIELDS,
  ownFields: {},
  sizes: ({ sweepSizes: { length } }: ConfigOf<typeof FIELDS>) => `${length} size${length === 1 ? '' : 's'}`,
  finding,
} satisfies ExperimentMeta;

function finding(rows: readonly ExperimentRow[]): string | null {
  const plain = new Map(
    rows.filter(({ note, name }) => note === null && name === rows[0]!.name).map((r) => [r.testSize, r]),
  );
  const mapped = rows.flatMap((row) => {
    const without = plain.get(row.testSize);
    return without && without !== row ? [{ row, without }] : [];
  });
  if (mapped.length === 0) return null;
  const real = mapped.filter(({ row }) => beyondNoise(row));
  const by = selectionOf(rows);
  const test = `${testName(by)} at 5 %`;
  const changes = mapped.map(({ row, without }) => selectedValue(row.score, by) - selectedValue(without.score, by));
  const photos = rows[0]!.score.count;
  const range = `${formatPoints(Math.min(...changes), photos)} to ${formatPoints(Math.max(...changes), photos)}`;
  const what = `Mapping activations changes ${SELECTION_NAMES[by]}`;
  if (real.length === 0) {
    return `${what} by ${range}, at no size beyond the noise of ${photos} photos (${test}); the paper’s own appendix finds no gain.`;
  }
  const told = real.map(({ row, without }) => `${row.name} at ${row.testSize} px (${gain(row, without, by)})`);
  return `${what} by ${range}; beyond the noise (${test}) are ${told.join(', ')}.`;
}
