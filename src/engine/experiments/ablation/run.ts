/**
 * What fine-tuning gains, part by part (the paper's table 6): the same weights, tuned at each resolution with ever more
 * of the network trained, on training views and on test views.
 */
import type { RunRecord } from '../../base/records';
import { eachOf, evaluateViews, referenceRow, type Weights } from '../evaluations';
import type { ExperimentContext } from '../context';
import { trainableOf } from '../../models/parts';
import type { StudioConfig } from '../meta';
import { type Procedure, weightsOf } from '../procedure';
import { PART_LABELS, tunedRow, tunePart } from '../tunePart';
import { testViewAt } from '../views';

/** What is tuned, from the least to everything. */
export const ABLATION_PARTS = ['classifier', 'statistics', 'affine', 'lastBlock', 'all'] as const;

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
      for (const views of ['train', 'test'] as const) {
        const tuned = yield* tunePart(context, config, weights, { part, views, size });
        yield {
          kind: 'row',
          row: tunedRow(
            context.dataset,
            { ...config, arch: weights.arch },
            { part, views, size },
            { tuned, before: untuned! },
          ),
        };
      }
    }
  }
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { arch, config } = planner.spec;
    return config.ablationSizes.flatMap((size) => [
      planner.evaluation(size),
      ...ABLATION_PARTS.flatMap((part) =>
        [false, true].flatMap((fixed) => planner.tuning(trainableOf(arch, part), size, { fixed })),
      ),
    ]);
  },
  step: (planner) => planner.tuningStep(trainableOf(planner.spec.arch, 'all')),
  records: (inputs) => {
    const weights = weightsOf(inputs);
    return (context) => ablation(context, inputs.config, weights);
  },
};
