/**
 * Step 3: FixRes' fine-tuning at the test resolution. Only `fc` gets gradients; the network is in evaluation mode but
 * its last batch norm, whose running statistics move (blog's phase 2; FixRes, imnet_finetune/train.py).
 */
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';
import { releaseState, type HostState, uploadState } from '../nn/state';
import { tuned } from '../train/frozen';
import type { RunRecord } from '../train/records';
import { type ExperimentContext, fit } from './fit';
import type { StudioConfig } from './meta';
import { methodOf } from '../train/schedule';
import { testOptions, testView, tuneView } from './views';

/** `size` is the resolution to tune at, the sweep's best where the configuration says 0. */
export async function* finetune(
  context: ExperimentContext,
  config: StudioConfig,
  weights: { arch: Architecture; state: HostState },
  size: number,
): AsyncGenerator<RunRecord, void, undefined> {
  const { classes } = context.dataset;
  const state = uploadState(context.backend, stateSpecs(weights.arch, classes.length), weights.state);
  const network = { arch: weights.arch, classes, state };
  try {
    yield* fit(context, network, tuned(network, { affine: config.tuneAffine }), {
      name: `fine-tuning at ${size} px`,
      epochs: config.tuneEpochs,
      batchSize: config.batchSize,
      seed: config.seed + 1,
      size,
      lr: config.tuneLr,
      weightDecay: config.tuneWeightDecay,
      method: methodOf(config),
      spec: tuneView(config, size),
      view: testView(size, config.resizeRatio, testOptions(config)),
    });
  } finally {
    releaseState(context.backend, state);
  }
}
