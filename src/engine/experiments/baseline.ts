/** Step 1: the network trained from its starting weights at one resolution (the blog's phase 1), or as fastai fine-tunes. */
import { allocateState, type HostState, releaseState, writeState } from '../nn/state';
import { stateSpecs } from '../models/resnet';
import { trainingOf } from '../models/parts';
import { beginningPart } from './plan';
import type { RunRecord } from '../base/records';
import { fineTune } from './fastai';
import { type ExperimentContext, fit, type FitOptions } from './fit';
import type { StudioConfig } from './meta';
import { methodOf } from './method';
import { ownView, trainView } from './views';

/** `initial` fits the configured architecture and the data set's classes. */
export async function* baseline(
  context: ExperimentContext,
  config: StudioConfig,
  initial: HostState | Promise<HostState>,
): AsyncGenerator<RunRecord, void, undefined> {
  const { classes } = context.dataset;
  const state = allocateState(context.backend, stateSpecs(config.arch, classes.length));
  try {
    const network = { arch: config.arch, classes, state };
    const photos = { ...photosOf(config), name: 'baseline', view: ownView(config) };
    const { epochs, lr, weightDecay } = config;
    if (config.recipe === 'fastai') {
      writeState(context.backend, state, await initial);
      yield* fineTune(context, network, { epochs, lr, weightDecay }, photos);
    } else {
      const method = methodOf(config, epochs);
      const training = trainingOf(network, beginningPart(config.arch, config));
      yield* fit(context, network, training, { ...photos, epochs, lr, weightDecay, method, initial });
    }
  } finally {
    releaseState(context.backend, state);
  }
}

/** The views that it trains on, and how they are drawn. */
export function photosOf(config: StudioConfig): Pick<FitOptions, 'batchSize' | 'seed' | 'size' | 'spec'> {
  const { batchSize, seed, trainSize: size } = config;
  return { batchSize, seed, size, spec: trainView(config) };
}
