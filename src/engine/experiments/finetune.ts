/**
 * Step 3: FixRes' fine-tuning at the test resolution. Only `fc` gets gradients; the network is in evaluation mode but
 * its last batch norm, whose running statistics move (blog's phase 2; FixRes, imnet_finetune/train.py). Or fastai's way:
 * all norms train, and the head.
 */
import { ActivationHistogram } from '../analysis/activations';
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';
import { releaseState, type HostState, uploadState } from '../nn/state';
import type { Evaluation } from '../train/evaluate';
import { trainedPart, trainingOf } from '../models/parts';
import type { ActivationShift, RunRecord, TuningGain } from '../base/records';
import type { Dataset } from '../dataset/types';
import { changeOf } from './evaluations';
import { fitFrozen } from './fastai';
import { type ExperimentContext, fit } from './fit';
import { type StudioConfig, tunedPart } from './meta';
import { tuneMethodOf } from './method';
import { ownView, testOptions, testView, tuneView } from './views';

/** `size` is the resolution to tune at, the sweep's best where the configuration says 0. */
export async function* finetune(
  context: ExperimentContext,
  given: StudioConfig,
  weights: { arch: Architecture; state: HostState },
  size: number,
): AsyncGenerator<RunRecord, void, undefined> {
  const config = given.dropNormalization ? { ...given, normalize: false } : given;
  const { dataset, cache } = context;
  const { classes } = dataset;
  const viewAt = (px: number) => testView(px, config.resizeRatio, testOptions(config));
  const view = viewAt(size);
  const measured = {
    before: cache.get(weights.state, dataset, view),
    own: cache.get(weights.state, dataset, ownView(given)),
    reference:
      cache.get(weights.state, dataset, viewAt(config.trainSize)) ?? cache.get(weights.state, dataset, ownView(config)),
  };
  const best: { evaluation?: Evaluation | null } = {};
  const keep: ExperimentContext['keep'] = (kept) => {
    best.evaluation = kept.evaluation;
    context.keep(kept);
  };
  const state = uploadState(context.backend, stateSpecs(weights.arch, classes.length), weights.state);
  const network = { arch: weights.arch, classes, state };
  const photos = {
    name: `fine-tuning at ${size} px`,
    batchSize: config.batchSize,
    seed: config.seed + 1,
    size,
    spec: tuneView(config, size),
    view,
  };
  const { tuneEpochs: epochs, tuneLr: lr, tuneWeightDecay: weightDecay } = config;
  const keeping = { ...context, keep };
  const method = tuneMethodOf(config, epochs);
  const records =
    config.recipe === 'fastai'
      ? fitFrozen(keeping, network, { epochs, lr, weightDecay }, photos)
      : fit(keeping, network, trainingOf(network, trainedPart(weights.arch, tunedPart(config))), {
          ...photos,
          epochs,
          lr,
          weightDecay,
          method,
        });
  try {
    for await (const record of records) {
      yield record;
      if (record.kind === 'epoch' && record.record.best && best.evaluation) {
        yield { kind: 'shift', shift: shiftOf(best.evaluation, measured) };
        yield { kind: 'gain', gain: gainOf(dataset, best.evaluation, measured) };
      }
    }
  } finally {
    releaseState(context.backend, state);
  }
}

function shiftOf(
  after: Evaluation,
  { before, reference }: { before: Evaluation | undefined; reference: Evaluation | undefined },
): ActivationShift {
  const distanceOf = (one: Evaluation | undefined) =>
    one && reference
      ? { ...ActivationHistogram.distances(reference.histogram, one.histogram), from: reference.view.crop }
      : null;
  return {
    after: after.activations,
    before: before?.activations ?? null,
    reference: reference?.activations ?? null,
    beforeDistance: distanceOf(before),
    afterDistance: distanceOf(after),
  };
}

/** Fine-tuned weights against those that they came from, at the same size and in the baseline's own view. */
function gainOf(
  dataset: Dataset,
  after: Evaluation,
  { before, own }: { before: Evaluation | undefined; own: Evaluation | undefined },
): TuningGain {
  const [sameView = null, ownView = null] = [before, own].map((one) =>
    one ? { score: one.score, changed: changeOf(dataset, one, after) } : null,
  );
  return { sameView, ownView };
}
