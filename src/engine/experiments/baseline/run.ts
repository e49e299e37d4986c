/** Step 1: the network trained from its starting weights at one resolution (the blog's phase 1), or as fastai fine-tunes. */
import type { HostState } from '../../nn/state';
import type { RunRecord } from '../../base/records';
import { type Stage, train, type TrainingOptions } from '../../train/run';
import type { ExperimentContext } from '../context';
import { withNetwork } from '../evaluations';
import { fineTuneStages } from './fastai';
import type { StudioConfig } from '../meta';
import { type Procedure, startOf } from '../procedure';
import { evalCropOf } from './meta';
import { methodOf } from '../method';
import { baselineTrainable } from '../planning';
import { ownView, trainView, viewOfSize } from '../views';

/** `initial` fits the configured architecture and the data set's classes. */
export async function* baseline(
  context: ExperimentContext,
  config: StudioConfig,
  initial: HostState | Promise<HostState>,
): AsyncGenerator<RunRecord, void, undefined> {
  const options = { ...baselineOptions(config), initial };
  yield* withNetwork(context, { arch: config.arch, state: null }, (network) => train(context, network, options));
}

/** The training that it is. */
export function baselineOptions(config: StudioConfig): TrainingOptions {
  return { ...photosOf(config), name: 'baseline', stages: stagesOf(config), view: ownView(config) };
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { config } = planner.spec;
    return planner.byRecipe({ size: config.trainSize, testSize: evalCropOf(config) });
  },
  step: (planner) => planner.stepByRecipe(planner.spec.config.trainSize),
  heldOutSize: ({ spec }) => evalCropOf(spec.config),
  records: (inputs) => {
    const { state } = startOf(inputs);
    return (context) => baseline(context, inputs.config, state);
  },
};

/** As the settings say: fastai's way, or one stage of all that is trained. */
export function stagesOf(config: StudioConfig): Stage[] {
  const { arch, recipe, epochs, lr, weightDecay } = config;
  if (recipe === 'fastai') return fineTuneStages(arch, { epochs, lr, weightDecay });
  return [{ trainable: baselineTrainable(arch, config), method: methodOf(config, epochs), epochs, lr, weightDecay }];
}

/** The views that it trains on, and how they are drawn. */
export function photosOf(
  config: StudioConfig,
): Pick<TrainingOptions, 'batchSize' | 'seed' | 'size' | 'spec' | 'coolDown'> {
  const { batchSize, seed, trainSize: size, recipe, coolDownEpochs: epochs } = config;
  const cools = epochs > 0 && recipe !== 'fastai';
  const coolDown = cools && { coolDown: { epochs, spec: viewOfSize(ownView(config), size) } };
  return { batchSize, seed, size, spec: trainView(config), ...coolDown };
}
