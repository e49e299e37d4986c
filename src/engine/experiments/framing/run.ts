/**
 * How much of the photo a test crop shows, apart from its resolution: the same weights at one size, on crops of several shares
 * of the photo's shorter side.
 */
import type { RunRecord } from '../../base/records';
import { withApparentSize } from '../apparentRow';
import type { ExperimentContext } from '../context';
import { changeOf, eachOf, evaluateViews, referenceRow, type Weights } from '../evaluations';
import type { StudioConfig } from '../meta';
import { type Procedure, weightsOf } from '../procedure';
import { testOptions, testView, testViewAt } from '../views';
import { framingSizeOf, OWN_CROP } from './meta';

/** A row a crop, the settings' own first. */
async function* framing(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset } = context;
  const size = framingSizeOf(config);
  const crops = config.cropShares.map((share) => testView(size, 100 / share, testOptions(config)));
  const names = [OWN_CROP, ...config.cropShares.map((share) => `${share} %`)];
  const next = eachOf([testViewAt(config, size), ...crops]);
  const measured = yield* evaluateViews(context, weights, { batchSize: config.batchSize, next });
  const photos = await context.photoSizes();
  for (const [i, evaluation] of measured.entries()) {
    const row = {
      ...referenceRow(names[i]!, config.trainSize, evaluation),
      changed: i === 0 ? null : changeOf(dataset, measured[0]!, evaluation, config.selectBy),
    };
    yield { kind: 'row', row: withApparentSize(row, config, evaluation.view, photos) };
  }
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { config } = planner.spec;
    const evaluation = planner.evaluation(framingSizeOf(config));
    return [evaluation, ...config.cropShares.map(() => evaluation)];
  },
  records: (inputs) => {
    const weights = weightsOf(inputs);
    return (context) => framing(context, inputs.config, weights);
  },
};
