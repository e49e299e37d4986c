/**
 * Progressive resizing, the blog's last comparison: the whole network trained on at a larger size, against FixRes'
 * fine-tuning of classifier and last statistics alone, at the same size and for as many epochs.
 */
import type { RunRecord } from '../train/records';
import { eachOf, evaluateViews, type Weights } from './evaluations';
import type { ExperimentContext } from './fit';
import { progressiveSizeOf, type StudioConfig } from './meta';
import { tunedRow, tunePart } from './tunePart';
import { testOptions, testView } from './views';

export async function* progressive(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
): AsyncGenerator<RunRecord, void, undefined> {
  const { batchSize, trainSize } = config;
  const size = progressiveSizeOf(config);
  const views = [trainSize, size].map((side) => testView(side, config.resizeRatio, testOptions(config)));
  const untuned = yield* evaluateViews(context, weights, { batchSize, next: eachOf(views) });
  for (const { score, view } of untuned) {
    const row = { name: 'nothing more', views: null, trainSize, testSize: view.crop, score, epochs: 0, note: null };
    yield { kind: 'row', row };
  }
  for (const part of ['statistics', 'all'] as const) {
    const kept = yield* tunePart(context, config, weights, { part, views: 'train', size });
    yield { kind: 'row', row: tunedRow(config, { part, views: 'train', size }, kept) };
  }
}
