/** How large things look in a row's test views, on the photos' own sizes. */
import { apparentSize, type PhotoSize } from '../analysis/apparentSize';
import type { ExperimentRow } from '../base/records';
import type { EvalView } from '../photo/view';
import type { StudioConfig } from './meta';
import { trainView } from './views';

/** Training views drawn for the ratio of apparent sizes: good to half a percent. */
const DRAWS = 20_000;

/** The row, with how many times as large as in training at `config.trainSize`; as it is where no photo tells its size. */
export function withApparentSize(
  row: ExperimentRow,
  config: StudioConfig,
  view: EvalView,
  photos: readonly PhotoSize[],
): ExperimentRow {
  if (photos.length === 0) return row;
  const { mean } = apparentSize(trainView(config), view, photos, { draws: DRAWS, seed: config.seed });
  return { ...row, apparent: mean, note: `objects look ${mean.toFixed(2)} times as large as in training` };
}
