/**
 * Parametric adaptation (paper, section 4.2 and appendix A): no weight is trained; the activations at a test resolution
 * are mapped to be distributed as at the resolution trained at. By one Fréchet law for all pooled activations, or by mean
 * and variance of every channel before the last ReLU. Both laws are fitted on training photos, as many as there are
 * validation photos, seen as test photos are; no label is used.
 */
import { type ChannelMoments, matchMoments } from '../../analysis/channelMoments';
import { equalisingMap, fitFrechet, type Frechet } from '../../analysis/frechet';
import { StudioError } from '../../base/errors';
import { equalise } from '../../kernels/equalise/equalise';
import type { Adaptation } from '../../models/model';
import { modelOf } from '../../models/registry';
import { ChannelMeter, GpuChannelMap } from '../../train/channelMeter';
import type { EvalView } from '../../photo/view';
import { type Evaluation, evaluate } from '../../train/evaluate';
import type { RunRecord } from '../../base/records';
import type { Network } from '../../models/passes';
import { changeOf, eachOf, evaluateViews, referenceRow, type Weights, withNetwork } from '../evaluations';
import type { ExperimentContext } from '../context';
import type { StudioConfig } from '../meta';
import { type Procedure, weightsOf } from '../procedure';
import { testViewAt } from '../views';

/** How activations are distributed at one resolution. */
interface ActivationFit {
  frechet: Frechet;
  channels: ChannelMoments;
}

/** At each size of the sweep but the one trained at: without, with the Fréchet map, with the map a channel. */
export async function* adaptation(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
): AsyncGenerator<RunRecord, void, undefined> {
  yield* withNetwork(context, weights, (network) => adapted(context, config, weights, network));
}

async function* adapted(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
  network: Network,
): AsyncGenerator<RunRecord, void, undefined> {
  const { backend, dataset } = context;
  const { batchSize, trainSize } = config;
  const viewAt = (size: number) => testViewAt(config, size);
  const mappedRow = (name: string, before: Evaluation, after: Evaluation, note: string | null): RunRecord => {
    const changed = changeOf(dataset, before, after, config.selectBy);
    return { kind: 'row', row: { ...referenceRow(name, trainSize, after), changed, note } };
  };
  const wanted = yield* lawsAt(context, network, viewAt(trainSize), batchSize);
  for (const size of config.sweepSizes) {
    if (size === trainSize) continue;
    const view = viewAt(size);
    const [plain] = yield* evaluateViews(context, weights, { batchSize, next: eachOf([view]) });
    yield { kind: 'row', row: referenceRow('no adaptation', trainSize, plain!) };
    const found = yield* lawsAt(context, network, view, batchSize);
    const test = { network, samples: dataset.validation, batchSize, view, epoch: 0 };

    const map = equalisingMap(found.frechet, wanted.frechet);
    const pooled: Adaptation['pooled'] = (recorder, x) => equalise(recorder, x, map);
    const equalised = yield* evaluate(context, { ...test, adaptation: { pooled } });
    yield mappedRow('one Fréchet law', plain!, equalised, `${lawText(found.frechet)} → ${lawText(wanted.frechet)}`);

    const byChannel = new GpuChannelMap(backend, matchMoments(found.channels, wanted.channels));
    try {
      const matched = yield* evaluate(context, { ...test, adaptation: { lastRelu: byChannel.lastRelu } });
      yield mappedRow('a Gaussian a channel', plain!, matched, null);
    } finally {
      byChannel.release();
    }
    backend.releasePool();
  }
}

async function* lawsAt(
  context: ExperimentContext,
  network: Network,
  view: EvalView,
  batchSize: number,
): AsyncGenerator<RunRecord, ActivationFit, undefined> {
  const { backend, dataset } = context;
  const samples = evenly(dataset.train, dataset.validation.length);
  const meter = new ChannelMeter(backend, modelOf(network.arch).featureChannels);
  try {
    const adaptation = { lastRelu: meter.lastRelu };
    const { histogram } = yield* evaluate(context, { network, samples, batchSize, view, epoch: 0, adaptation });
    const frechet = fitFrechet(histogram.nonZeroCdf());
    if (!frechet) {
      throw new StudioError(
        'bad-weights',
        `At ${view.crop} px hardly any activation is above zero: no law can be fitted`,
        'Train the network for longer, or leave this size out of the test resolutions.',
      );
    }
    return { frechet, channels: await meter.moments() };
  } finally {
    meter.release();
  }
}

/** At most `count` of them, spread evenly. */
function evenly<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

const lawText = ({ mu, sigma }: Frechet) => `μ ${mu.toFixed(3)}, σ ${sigma.toFixed(3)}`;

export const procedure: Procedure = {
  phases: (planner) => {
    const { config, trainCount, validationCount } = planner.spec;
    const laws = (size: number) => planner.forward(size, Math.min(trainCount, validationCount));
    const others = config.sweepSizes.filter((size) => size !== config.trainSize);
    return [
      laws(config.trainSize),
      ...others.flatMap((size) => {
        const evaluation = planner.evaluation(size);
        return [evaluation, laws(size), evaluation, evaluation];
      }),
    ];
  },
  records: (inputs) => {
    const weights = weightsOf(inputs);
    return (context) => adaptation(context, inputs.config, weights);
  },
};
