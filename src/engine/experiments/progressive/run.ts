/**
 * Progressive resizing, the blog's last comparison: the whole network trained on at a larger size, against FixRes'
 * fine-tuning of classifier and last statistics alone, at the same size and for as many epochs.
 */
import type { RunRecord } from '../../base/records';
import { eachOf, evaluateViews, referenceRow, type Weights } from '../evaluations';
import type { ExperimentContext } from '../context';
import { trainableOf } from '../../models/parts';
import type { StudioConfig } from '../meta';
import { type Procedure, weightsOf } from '../procedure';
import { progressiveSizeOf } from './meta';
import { tunedRow, tunePart } from '../tunePart';
import { testViewAt } from '../views';

/** FixRes' fine-tuning, which is held against no tuning, and the whole network, which is held against it. */
export const PROGRESSIVE_PARTS = ['statistics', 'all'] as const;

export async function* progressive(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
): AsyncGenerator<RunRecord, void, undefined> {
  const { batchSize, trainSize } = config;
  const size = progressiveSizeOf(config);
  const views = [trainSize, size].map((side) => testViewAt(config, side));
  const untuned = yield* evaluateViews(context, weights, { batchSize, next: eachOf(views) });
  for (const evaluation of untuned) yield { kind: 'row', row: referenceRow('nothing more', trainSize, evaluation) };
  let before = untuned.at(-1)!;
  for (const part of PROGRESSIVE_PARTS) {
    const tuned = yield* tunePart(context, config, weights, { part, views: 'train', size });
    yield {
      kind: 'row',
      row: tunedRow(
        context.dataset,
        { ...config, arch: weights.arch },
        { part, views: 'train', size },
        { tuned, before },
      ),
    };
    before = tuned;
  }
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { arch, config } = planner.spec;
    const size = progressiveSizeOf(config);
    return [
      ...[config.trainSize, size].map((side) => planner.evaluation(side)),
      ...PROGRESSIVE_PARTS.flatMap((part) => planner.tuning(trainableOf(arch, part), size, { fixed: false })),
    ];
  },
  step: (planner) => planner.tuningStep(trainableOf(planner.spec.arch, 'all')),
  records: (inputs) => {
    const weights = weightsOf(inputs);
    return (context) => progressive(context, inputs.config, weights);
  },
};
