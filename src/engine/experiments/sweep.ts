/** Step 2: the same weights evaluated at several test resolutions, the baseline's own view first. */
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';
import { releaseState, type HostState, uploadState } from '../nn/state';
import { type Evaluation, evaluate } from '../train/evaluate';
import type { RunRecord } from '../train/records';
import type { ExperimentContext } from './fit';
import type { StudioConfig } from './meta';
import { ownView, sweepViews } from './views';

/** `onEvaluation` is given every result, the last one being the last size's. */
export async function* sweep(
  context: ExperimentContext,
  config: StudioConfig,
  weights: { arch: Architecture; state: HostState },
  onEvaluation: (evaluation: Evaluation) => void,
): AsyncGenerator<RunRecord, void, undefined> {
  const own = ownView(config);
  const views = sweepViews(config);
  const { classes, validation } = context.dataset;
  const state = uploadState(context.backend, stateSpecs(weights.arch, classes.length), weights.state);
  const network = { arch: weights.arch, classes, state };
  try {
    for (const view of [own, ...views]) {
      const started = context.now();
      const options = { network, samples: validation, batchSize: config.batchSize, view, epoch: 0 };
      const evaluation = yield* evaluate(context, options);
      onEvaluation(evaluation);
      const seconds = (context.now() - started) / 1000;
      const { score, activations } = evaluation;
      const point = { ...score, size: view.crop, resize: view.resize, activations, seconds };
      yield { kind: 'sweepPoint', point, reference: view === own };
      // Another resolution needs buffers of other sizes.
      context.backend.releasePool();
    }
  } finally {
    releaseState(context.backend, state);
  }
}
