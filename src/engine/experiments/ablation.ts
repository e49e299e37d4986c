/**
 * What fine-tuning gains, part by part (the paper's table 6): the same weights, tuned at each resolution with ever more
 * of the network trained, on training views and on test views.
 */
import type { RunRecord } from '../base/records';
import { eachOf, evaluateViews, referenceRow, type Weights } from './evaluations';
import type { ExperimentContext } from './context';
import { ABLATION_PARTS, PART_LABELS, type StudioConfig } from './meta';
import { tunedRow, tunePart } from './tunePart';
import { testViewAt } from './views';

/** A row a cell of the table, each the best of its epochs. */
export async function* ablation(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
): AsyncGenerator<RunRecord, void, undefined> {
  const { batchSize, trainSize } = config;
  for (const size of config.ablationSizes) {
    const view = testViewAt(config, size);
    const [untuned] = yield* evaluateViews(context, weights, { batchSize, next: eachOf([view]) });
    yield { kind: 'row', row: referenceRow(PART_LABELS.none, trainSize, untuned!) };
    for (const part of ABLATION_PARTS) {
      if (part === 'none') continue;
      for (const views of ['train', 'test'] as const) {
        const kept = yield* tunePart(context, config, weights, { part, views, size });
        yield {
          kind: 'row',
          row: tunedRow(
            context.dataset,
            { ...config, arch: weights.arch },
            { part, views, size },
            { kept, before: untuned! },
          ),
        };
      }
    }
  }
}
