/** Step 1: the network trained from its starting weights at one resolution (the blog's phase 1), or as fastai fine-tunes. */
import { allocateState, type HostState, type NetworkState, releaseState, writeState } from '../nn/state';
import type { Network } from '../models/passes';
import { stateSpecs } from '../models/registry';
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
    yield* trainByRecipe(context, network, config, photos, initial);
  } finally {
    releaseState(context.backend, state);
  }
}

/** Trains a network whose state is allocated and not written yet as the settings say: fastai's way, or all layers alike. */
export async function* trainByRecipe(
  context: ExperimentContext,
  network: Network<NetworkState>,
  config: StudioConfig,
  photos: Pick<FitOptions, 'batchSize' | 'seed' | 'size' | 'spec' | 'name' | 'view'>,
  initial: HostState | Promise<HostState>,
): AsyncGenerator<RunRecord, void, undefined> {
  const { epochs, lr, weightDecay } = config;
  if (config.recipe === 'fastai') {
    writeState(context.backend, network.state, await initial);
    yield* fineTune(context, network, { epochs, lr, weightDecay }, photos);
  } else {
    const method = methodOf(config, epochs);
    const training = trainingOf(network, beginningPart(config.arch, config));
    yield* fit(context, network, training, { ...photos, epochs, lr, weightDecay, method, initial });
  }
}

/** The views that it trains on, and how they are drawn. */
export function photosOf(config: StudioConfig): Pick<FitOptions, 'batchSize' | 'seed' | 'size' | 'spec'> {
  const { batchSize, seed, trainSize: size } = config;
  return { batchSize, seed, size, spec: trainView(config) };
}
