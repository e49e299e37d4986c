/**
 * The search for a learning rate (Smith 2017, section 3.3; fastai's `lr_find`): the steps that the baseline would begin
 * with, from the same weights and on the same views, at rates that grow from far too low to far too high. Nothing is kept
 * but the losses.
 */
import { suggestRates } from '../../analysis/learningRate';
import type { HostState, NetworkState } from '../../nn/state';
import { ALIKE } from '../../train/fastai';
import { trainingMacs } from '../../models/cost';
import { trainedTensors } from '../../models/parts';
import { baselineTrainable } from '../planning';
import type { RatePoint, RunRecord } from '../../base/records';
import { exponential } from '../../optim/schedule';
import { methodOf } from '../method';
import { SmoothedLoss } from '../../train/smoothedLoss';
import type { Network } from '../../models/passes';
import { photosOfSteps, stepsOfEpoch, trainEpoch } from '../../train/trainEpoch';
import { photosOf } from '../baseline/run';
import { isNotFinite } from '../../train/notFinite';
import { lastPhotoIsLone } from '../../train/lonePhoto';
import type { Stage } from '../../train/run';
import { prepare, setUp } from '../../train/setUp';
import type { ExperimentContext } from '../context';
import { withNetwork } from '../evaluations';
import { fastaiStage } from '../baseline/fastai';
import type { StudioConfig } from '../meta';
import { type Procedure, startOf } from '../procedure';

/** fastai's. */
const RATES = exponential(1e-7, 10);
/** The loss has run away where its average is more than so many times its least. */
const RUN_AWAY = 4;

/** `initial` fits the configured architecture and the data set's classes, and stays as it is. */
export async function* lrFinder(
  context: ExperimentContext,
  config: StudioConfig,
  initial: HostState | Promise<HostState>,
): AsyncGenerator<RunRecord, void, undefined> {
  const steps = config.lrFinderSteps;
  const smoothed = new SmoothedLoss();
  const points: RatePoint[] = [];
  let least = Infinity;
  yield* withNetwork(context, { arch: config.arch, state: null }, async function* (network) {
    const records = growing(context, config, { network, initial, smoothed });
    for await (const record of records) {
      yield record;
      if (record.kind !== 'step') continue;
      const { globalStep, loss } = record.record;
      const point = { lr: RATES((globalStep - 1) / steps).lr, loss, smoothedLoss: smoothed.value };
      points.push(point);
      yield { kind: 'ratePoint', point };
      least = Math.min(least, point.smoothedLoss);
      if (globalStep >= steps || point.smoothedLoss > RUN_AWAY * least) return;
    }
  });
  yield { kind: 'suggestedRates', suggested: suggestRates(points, steps) };
}

export const procedure: Procedure = {
  phases: ({ spec: { config, arch, classes, trainCount } }) => {
    const { batchSize, lrFinderSteps, trainSize: size, recipe } = config;
    const trainable = baselineTrainable(arch, config);
    const isLone = lastPhotoIsLone({ arch, trainable, count: trainCount, batchSize, size });
    const images = photosOfSteps(trainCount, { batchSize, dropLast: recipe === 'fastai' || isLone }, lrFinderSteps);
    const { isTrainable } = trainable;
    return [{ phase: 'training', size, images, flops: 2 * images * trainingMacs(arch, size, classes, isTrainable) }];
  },
  step: (planner) => {
    const { arch, config } = planner.spec;
    const trainable = baselineTrainable(arch, config);
    if (config.recipe === 'fastai') return { training: planner.fastaiStep(trainable) };
    const { size: _, ...step } = planner.stepByRecipe(config.trainSize);
    return { training: { ...step.training, averaging: 0 } };
  },
  records: (inputs) => {
    const { state } = startOf(inputs);
    return (context) => lrFinder(context, inputs.config, state);
  },
};

interface Search {
  /** Not yet written to. */
  network: Network<NetworkState>;
  initial: HostState | Promise<HostState>;
  smoothed: SmoothedLoss;
}

/** The steps and what leads to them. Ends where a loss is no number any more. */
async function* growing(
  context: ExperimentContext,
  config: StudioConfig,
  { network, initial, smoothed }: Search,
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset } = context;
  const { lrFinderSteps: steps, weightDecay } = config;
  const { trainable, method, dropLast = false } = beginningOf(config);
  const training = trainedTensors(network, trainable);
  const count = dataset.train.length;
  const { batchSize, size } = photosOf(config);
  const isLone = lastPhotoIsLone({ arch: network.arch, trainable, count, batchSize, size });
  const photos = {
    ...photosOf(config),
    samples: dataset.train,
    objective: method.objective,
    dropLast: dropLast || isLone,
  };
  const perEpoch = stepsOfEpoch(count, photos);
  const epochs = Math.ceil(steps / perEpoch);
  const stepped = { ...photosOf(config), network, training, method, lr: 1, weightDecay, initial };
  const begun = await setUp(context, stepped, { ...photos, epoch: 1 });
  const { first, optimiser } = begun;
  try {
    const room = yield* prepare(context, stepped, begun);
    const images = photosOfSteps(count, photos, steps);
    yield { kind: 'phase', phase: 'training', epoch: 0, batches: steps, images, size: photos.size };
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const records = trainEpoch(context, {
        ...photos,
        network,
        mode: training.mode,
        room,
        optimiser,
        schedule: (progress) => RATES((progress * epochs * perEpoch) / steps),
        epoch,
        epochs,
        smoothed,
        ...(epoch === 1 && first && { prefetched: first }),
      });
      // All epochs count as one phase.
      for await (const record of records) if (record.kind !== 'phase') yield record;
    }
  } catch (error) {
    if (!isNotFinite(error)) throw error;
  } finally {
    first?.release();
    optimiser.release();
  }
}

/** What the baseline trains first, and how; of fastai's recipe, as `lr_find` does, all groups at one rate. */
function beginningOf(config: StudioConfig): Pick<Stage, 'trainable' | 'method' | 'dropLast'> {
  const { arch, recipe } = config;
  if (recipe === 'fastai') {
    return fastaiStage(
      arch,
      { ...config, epochs: 1 },
      { frozen: true, discrimination: ALIKE, schedule: { kind: 'constant' } },
    );
  }
  return { trainable: baselineTrainable(arch, config), method: { ...methodOf(config, 1), averaging: 0 } };
}
