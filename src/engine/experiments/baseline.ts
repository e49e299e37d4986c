/** Step 1: the network trained from its starting weights at one resolution (the blog's phase 1). */
import { TRAIN } from '../nn/layers';
import { releaseState, type HostState, uploadState } from '../nn/state';
import { stateSpecs } from '../models/resnet';
import type { RunRecord } from '../train/records';
import { type ExperimentContext, fit } from './fit';
import type { StudioConfig } from './meta';
import { methodOf } from '../train/schedule';
import { ownView, trainView } from './views';

/** `initial` fits the configured architecture and the data set's classes. */
export async function* baseline(
  context: ExperimentContext,
  config: StudioConfig,
  initial: HostState,
): AsyncGenerator<RunRecord, void, undefined> {
  const { classes } = context.dataset;
  const state = uploadState(context.backend, stateSpecs(config.arch, classes.length), initial);
  try {
    yield* fit(
      context,
      { arch: config.arch, classes, state },
      { trained: state.parameters, mode: TRAIN },
      {
        name: 'baseline',
        epochs: config.epochs,
        batchSize: config.batchSize,
        seed: config.seed,
        size: config.trainSize,
        lr: config.lr,
        weightDecay: config.weightDecay,
        method: methodOf(config, config.epochs),
        spec: trainView(config),
        view: ownView(config),
      },
    );
  } finally {
    releaseState(context.backend, state);
  }
}
