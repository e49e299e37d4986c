/** The present weights measured at the baseline's test view, without training. */
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';
import { releaseState, type HostState, uploadState } from '../nn/state';
import { type Evaluation, evaluate } from '../train/evaluate';
import type { RunRecord } from '../base/records';
import type { ExperimentContext } from './fit';
import type { StudioConfig } from './meta';
import { ownView } from './views';

export async function* evaluation(
  context: ExperimentContext,
  config: StudioConfig,
  weights: { arch: Architecture; state: HostState },
  onEvaluation: (evaluation: Evaluation) => void,
): AsyncGenerator<RunRecord, void, undefined> {
  const { classes, validation } = context.dataset;
  const state = uploadState(context.backend, stateSpecs(weights.arch, classes.length), weights.state);
  try {
    const result = yield* evaluate(context, {
      network: { arch: weights.arch, classes, state },
      samples: validation,
      batchSize: config.batchSize,
      epoch: 0,
      view: ownView(config),
    });
    onEvaluation(result);
    yield { kind: 'evaluation', score: result.score, resize: config.evalResize, crop: config.evalCrop };
  } finally {
    releaseState(context.backend, state);
  }
}
