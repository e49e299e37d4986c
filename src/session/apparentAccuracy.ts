/** Accuracy by how large things look, of what was measured of the weights that a baseline has made. */
import { apparentBins, apparentRatio, inverseTrained } from '../engine/analysis/apparentAccuracy';
import { argmax } from '../engine/analysis/score';
import { trainView } from '../engine/experiments/views';
import type { ApparentAccuracy } from '../protocol/messages';
import type { PhotoSizes } from './apparentSizes';
import { configOf } from './checkpoint';
import { measuredWeights } from './measuredWeights';
import type { Project } from './project';

/** Training views drawn: the mean is good to half a percent. */
const DRAWS = 20_000;

/** Null where nothing was measured, or nobody knows how the weights were trained. */
export async function apparentAccuracy(project: Project, sizes: PhotoSizes): Promise<ApparentAccuracy | null> {
  const { dataset } = project;
  const measured = measuredWeights(project).filter(({ step }) => step === 'baseline');
  const config = measured[0] && configOf(measured[0].checkpoint);
  if (!config) return null;
  const { trained, tested, known } = await sizes.objects(config);
  if (trained.length === 0) return null;
  const inverse = inverseTrained(trainView(config), trained, { draws: DRAWS, seed: config.seed });
  const classes = dataset.classes.length;
  const views = measured.map(({ evaluation: { view, logits, indices }, size, resize }) => {
    const photos = Array.from(indices).flatMap((index, row) => {
      const photo = tested[index];
      if (!photo) return [];
      const predicted = argmax(logits.subarray(row * classes, (row + 1) * classes));
      return [{ ratio: apparentRatio(view, photo, inverse), right: predicted === dataset.validation[index]!.label }];
    });
    return { size, resize, bins: apparentBins(photos) };
  });
  const shown = views.filter(({ bins }) => bins.length > 0);
  if (shown.length === 0) return null;
  return { known, photos: shown[0]!.bins.reduce((sum, { count }) => sum + count, 0), views: shown };
}
