/** What the studio's kernels compute, with what they were given, as JSON. */
import type { StudioBackend } from '../../engine/gpu/backend';
import type { GpuTensor } from '../../engine/gpu/recorder';
import { batchStatistics, normalize, normGradient } from '../../engine/kernels/batchNorm/batchNorm';
import { crossEntropy } from '../../engine/kernels/crossEntropy/crossEntropy';
import { allocateState, releaseState, type TensorSpec } from '../../engine/nn/state';
import { newOptimiser, type OptimiserChoice, type OptimiserConfig } from '../../engine/optim/optimiser';
import { targetsOf } from '../../engine/train/targets';
import { values } from '../../testing/golden/values';

function upload(backend: StudioBackend, numbers: ArrayLike<number>, shape = [numbers.length]): GpuTensor {
  const tensor = backend.allocate(shape);
  backend.writeWords(tensor, Float32Array.from(numbers));
  return tensor;
}

async function download(backend: StudioBackend, tensor: GpuTensor): Promise<number[]> {
  return [...(await backend.download(tensor))];
}

/** Batch norms in training, channels last: their outputs, running statistics and gradients. */
export async function norms(backend: StudioBackend) {
  const shapes = [
    [2, 7, 5, 12],
    [3, 1, 11, 260],
    [3, 37, 41, 4],
  ];
  const results: unknown[] = [];
  for (const shape of shapes) {
    const channels = shape[3]!;
    const count = shape.reduce((a, b) => a * b, 1);
    const given = {
      x: values('x', count).map((value) => value + 0.5),
      dy: values('dy', count),
      gamma: values('gamma', channels).map((value) => value + 1),
      beta: values('beta', channels),
      mean: values('runningMean', channels),
      variance: values('runningVariance', channels).map((value) => value + 1),
    };
    const x = upload(backend, given.x, shape);
    const dy = upload(backend, given.dy, shape);
    const affine = { gamma: upload(backend, given.gamma), beta: upload(backend, given.beta) };
    const running = { mean: upload(backend, given.mean), variance: upload(backend, given.variance) };
    const zeros = new Float32Array(channels);
    const into = { gamma: upload(backend, zeros), beta: upload(backend, zeros) };
    const statistics = batchStatistics(backend, x, running);
    const y = normalize(backend, x, statistics, affine, { relu: false, residual: null, inPlace: false });
    // x becomes its gradient.
    normGradient(
      backend,
      { x, y: null, dy, statistics, affine },
      { relu: false, residual: false, batchStatistics: true, inputGradient: true, into },
    );
    const ours = {
      y: await download(backend, y),
      mean: await download(backend, running.mean),
      variance: await download(backend, running.variance),
      dx: await download(backend, x),
      dgamma: await download(backend, into.gamma),
      dbeta: await download(backend, into.beta),
    };
    const pairs = [affine, running, into, statistics].flatMap((one) => Object.values(one) as GpuTensor[]);
    for (const tensor of [x, dy, y, ...pairs]) backend.release(tensor);
    results.push({ shape, given: asArrays(given), ours });
  }
  return results;
}

const asArrays = (given: Readonly<Record<string, ArrayLike<number>>>) =>
  Object.fromEntries(Object.entries(given).map(([key, numbers]) => [key, Array.from(numbers)]));

/** Cross entropy: plain, at logits of a thousand, smoothed, weighted, both. */
export async function losses(backend: StudioBackend) {
  const [rows, classes] = [64, 5];
  const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7) % classes);
  const weights = [2, 1, 0.5, 1.5, 3];
  const results: unknown[] = [];
  for (const [scale, smoothing, classWeights] of [
    [8, 0, null],
    [2000, 0, null],
    [8, 0.1, null],
    [8, 0, weights],
    [8, 0.1, weights],
  ] as const) {
    const logits = values('logits', rows * classes).map((value) => value * scale);
    const { values: shares, divisor } = targetsOf(labels, classes, { smoothing, classWeights }, null);
    const z = upload(backend, logits, [rows, classes]);
    const y = backend.upload(labels);
    const score = upload(backend, [0, 0]);
    const targets = shares && upload(backend, shares, [rows, classes]);
    const gradient = crossEntropy(backend, z, y, { score, weight: 1 / divisor, targets });
    const [loss, correct] = await download(backend, score);
    const ours = { loss, correct, gradient: await download(backend, gradient) };
    for (const tensor of [z, y, score, gradient, ...(targets ? [targets] : [])]) backend.release(tensor);
    results.push({ logits: [...logits], labels: [...labels], classes, smoothing, classWeights, ours });
  }
  return results;
}

const SPECS: TensorSpec[] = [{ key: 'fc.weight', shape: [40, 30], role: 'linear' }];
const COUNT = 1200;
const STEPS = 6;

/** Six steps of each optimiser over one matrix, its gradients given; fastai's through moving momenta. */
export async function optimisers(backend: StudioBackend) {
  const cases: { choice: OptimiserChoice; rates: OptimiserConfig; momenta: readonly number[] | null }[] = [
    { choice: { kind: 'adamw' }, rates: { lr: 1e-3, weightDecay: 0.1 }, momenta: null },
    { choice: { kind: 'sgd', momentum: 0.9 }, rates: { lr: 0.025, weightDecay: 1e-4 }, momenta: null },
    {
      choice: { kind: 'fastai' },
      rates: { lr: 2e-3, weightDecay: 0.01 },
      momenta: [0.95, 0.9, 0.85, 0.87, 0.92, 0.95],
    },
  ];
  const gradients = Array.from({ length: STEPS }, (_, step) => values(`gradient ${step}`, COUNT));
  const start = values('parameter', COUNT);
  const results: unknown[] = [];
  for (const { choice, rates, momenta } of cases) {
    const state = allocateState(backend, SPECS);
    const [parameter] = state.parameters.values();
    backend.writeWords(parameter!, start);
    const optimiser = newOptimiser(backend, state.parameters, choice, rates);
    const [gradient] = optimiser.gradients.values();
    for (let step = 0; step < STEPS; step++) {
      backend.writeWords(gradient!, gradients[step]!);
      optimiser.step({ lr: 1, ...(momenta && { momentum: momenta[step]! }) });
    }
    const ours = await download(backend, parameter!);
    optimiser.release();
    releaseState(backend, state);
    results.push({
      ...choice,
      ...rates,
      momenta,
      start: [...start],
      gradients: gradients.map((one) => [...one]),
      ours,
    });
  }
  return results;
}
