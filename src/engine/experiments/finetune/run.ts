/**
 * Step 3: FixRes' fine-tuning at the test resolution. Only `fc` gets gradients; the network is in evaluation mode but
 * its last batch norm, whose running statistics move (blog's phase 2; FixRes, imnet_finetune/train.py). Or fastai's way:
 * all norms train, and the head.
 */
import { ActivationHistogram } from '../../analysis/activations';
import type { EvalView } from '../../photo/view';
import type { Evaluation } from '../../train/evaluate';
import type { Architecture } from '../../models/meta';
import { trainableOf } from '../../models/parts';
import type { ActivationShift, RunRecord, Selection, TuningGain } from '../../base/records';
import type { Dataset } from '../../dataset/types';
import { type Stage, train, type TrainingOptions } from '../../train/run';
import type { ExperimentContext } from '../context';
import { changeOf, eachOf, evaluateViews, type Weights, withNetwork } from '../evaluations';
import { frozenStage } from '../baseline/fastai';
import type { StudioConfig } from '../meta';
import { type Procedure, weightsOf } from '../procedure';
import { finetuneTrainable } from '../planning';
import { finetunePart } from './meta';
import { tuneMethodOf } from '../method';
import { ownView, testViewAt, tunedViewAt, tuneView, tuningConfig } from '../views';

/**
 * `size` is the resolution to tune at, the sweep's best where the configuration says 0; `validatedIn` the view in which the
 * weights were validated when they were made.
 */
export async function* finetune(
  context: ExperimentContext,
  given: StudioConfig,
  weights: Weights,
  size: number,
  validatedIn: EvalView = ownView(given),
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset, cache } = context;
  const view = tunedViewAt(given, size);
  const own = cache.get(weights.state, dataset, validatedIn);
  const measured = { own, ...(yield* measuredBefore(context, given, weights, { view, validatedIn })) };
  const options = {
    ...finetuneOptions(given, weights.arch, size),
    tellOfKept: (evaluation: Evaluation): RunRecord[] => [
      { kind: 'shift', shift: shiftOf(evaluation, measured) },
      { kind: 'gain', gain: gainOf(dataset, evaluation, measured, chosenBy(given)) },
    ],
  };
  yield* withNetwork(context, weights, (network) => train(context, network, options));
}

/** What its gain is told by: fastai's recipe chooses no epoch. */
const chosenBy = ({ recipe, selectBy }: StudioConfig): Selection => (recipe === 'fastai' ? 'accuracy' : selectBy);

/** The training that it is. */
export function finetuneOptions(
  given: StudioConfig,
  arch: Architecture,
  size: number,
): TrainingOptions & { stages: readonly [Stage] } {
  const config = tuningConfig(given);
  const { tuneEpochs: epochs, tuneLr: lr, tuneWeightDecay: weightDecay } = config;
  const rates = { epochs, lr, weightDecay };
  const stage: Stage =
    config.recipe === 'fastai'
      ? frozenStage(arch, rates)
      : { trainable: trainableOf(arch, finetunePart(config)), method: tuneMethodOf(config, epochs, arch), ...rates };
  return {
    name: `fine-tuning at ${size} px`,
    stages: [stage],
    batchSize: config.batchSize,
    seed: config.seed + 1,
    size,
    spec: tuneView(config, size),
    view: tunedViewAt(given, size),
  };
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { arch, config, tuneSize } = planner.spec;
    // What the sweep has not measured: another size than its own, or photos that have lost their normalisation.
    const before = config.tuneSize > 0 || config.dropNormalization ? [tuneSize, config.trainSize] : [];
    const how = { fixed: config.tuneAugmentation === 'test', dropLast: config.recipe === 'fastai' };
    return [
      ...before.map((size) => planner.evaluation(size)),
      ...planner.tuning(finetuneTrainable(arch, config), tuneSize, how),
    ];
  },
  step: (planner) => {
    const { arch, config } = planner.spec;
    const trainable = finetuneTrainable(arch, config);
    return config.recipe === 'fastai' ? { training: planner.fastaiStep(trainable) } : planner.tuningStep(trainable);
  },
  heldOutSize: ({ spec }) => spec.tuneSize,
  records: (inputs) => {
    const weights = weightsOf(inputs);
    return (context) => finetune(context, inputs.config, weights, inputs.size, inputs.validatedIn);
  },
};

/**
 * The weights as they are, in the view that they are tuned for and as they were trained; measured where that was not done
 * yet. What they were trained on is seen with the settings that they were trained with, normalised or not.
 */
async function* measuredBefore(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
  { view, validatedIn }: { view: EvalView; validatedIn: EvalView },
): AsyncGenerator<RunRecord, { before: Evaluation; reference: Evaluation }, undefined> {
  const { cache, dataset } = context;
  const trained = testViewAt(config, config.trainSize);
  const known = [trained, validatedIn].find((one) => cache.get(weights.state, dataset, one));
  const next = eachOf([view, known ?? trained]);
  const [before, reference] = yield* evaluateViews(context, weights, { batchSize: config.batchSize, next });
  return { before: before!, reference: reference! };
}

function shiftOf(
  after: Evaluation,
  { before, reference }: { before: Evaluation; reference: Evaluation },
): ActivationShift {
  const distanceOf = (one: Evaluation) => ({
    ...ActivationHistogram.distances(reference.histogram, one.histogram),
    from: reference.view.crop,
  });
  return {
    after: after.activations,
    before: before.activations,
    reference: reference.activations,
    beforeDistance: distanceOf(before),
    afterDistance: distanceOf(after),
  };
}

/** Fine-tuned weights against those that they came from, at the same size and in the baseline's own view. */
function gainOf(
  dataset: Dataset,
  after: Evaluation,
  { before, own }: { before: Evaluation; own: Evaluation | undefined },
  by: Selection,
): TuningGain {
  const against = (one: Evaluation) => ({ score: one.score, changed: changeOf(dataset, one, after, by) });
  return { sameView: against(before), ownView: own ? against(own) : null };
}
