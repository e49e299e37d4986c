/**
 * One training step in our kernels and in stock TensorFlow.js, from the same weights on the same batch and adapter: the loss and
 * every gradient beside one another, for each way that the adapter offers to convolve. A driver that computes wrongly is found out.
 */
import { variableGrads } from '@tensorflow/tfjs-core';
import type { GpuCheck } from '../base/records';
import type { StudioBackend } from '../gpu/backend';
import { openGpu } from '../gpu/device';
import { readFloats } from '../gpu/readback';
import { choiceKey, PASSES } from '../kernels/conv2d/shape';
import { convVariants } from '../kernels/conv2d/variants';
import { memoryPolicy } from '../memory/policy';
import { convShapes } from '../models/cost';
import { accumulateGradients } from '../models/passes';
import { stateSpecs } from '../models/registry';
import { TRAIN } from '../nn/layers';
import { releaseState, uploadState } from '../nn/state';
import { adamWOptimiser } from '../optim/optimiser';
import { type StepInputs, type StepShape, stepInputs } from './stepInputs';
import { installStock, onStock, removeStock, StockStep } from './stockResNet';

/** A whole network where there is a GPU; on a processor one of eight channels. */
const ON_GPU: StepShape = { arch: 'resnet18', batch: 8, size: 64 };
const ON_SOFTWARE: StepShape = { arch: 'tiny18', batch: 4, size: 64 };

/** Relative errors that the order of additions may make in float32; ten times what was seen on adapters that are right. */
const LOSS_TOLERANCE = 1e-4;
const GRADIENT_TOLERANCE = 1e-2;

export interface StepResult {
  loss: number;
  gradients: ReadonlyMap<string, Float32Array>;
}

/**
 * Opens a device of its own for stock TensorFlow.js on `webgpu`, and closes it. Leaves nothing allocated.
 * @throws StudioError `gpu-error` or `device-lost` where a step fails.
 */
export async function checkGpu(
  webgpu: GPU | undefined,
  backend: StudioBackend,
  now: () => number,
): Promise<Omit<GpuCheck, 'at'>> {
  const started = now();
  const shape = backend.report.software ? ON_SOFTWARE : ON_GPU;
  const inputs = stepInputs(shape);
  const theirs = await stockStep(webgpu, inputs);
  const variants = convVariants(backend.report).map(({ name }) => name);
  const { choices } = backend;
  const ways: GpuCheck['ways'] = [];
  try {
    for (const name of variants) {
      const keys = convShapes(shape.arch, shape.batch, shape.size).flatMap((conv) =>
        PASSES.map((pass) => choiceKey(pass, conv, 'float32')),
      );
      backend.choices = new Map(keys.map((key) => [key, name]));
      ways.push({ name, ...compareSteps(await ourStep(backend, inputs), theirs) });
    }
  } finally {
    backend.choices = choices;
    backend.releasePool();
  }
  const agrees = ways.every(({ loss, gradient }) => loss <= LOSS_TOLERANCE && gradient.error <= GRADIENT_TOLERANCE);
  return { ...shape, tensors: theirs.gradients.size, ways, agrees, seconds: (now() - started) / 1000 };
}

async function stockStep(webgpu: GPU | undefined, inputs: StepInputs): Promise<StepResult> {
  const gpu = await openGpu(webgpu);
  installStock(gpu);
  try {
    return await onStock(async () => {
      const stock = new StockStep(inputs);
      const { value, grads } = variableGrads(stock.loss, stock.trainable);
      const nameOf = new Map([...stock.variables].map(([key, { name }]) => [name, key]));
      const [loss = NaN] = await value.data();
      const gradients = new Map<string, Float32Array>();
      for (const [name, gradient] of Object.entries(grads)) {
        gradients.set(nameOf.get(name)!, Float32Array.from(await gradient.data()));
        gradient.dispose();
      }
      value.dispose();
      stock.dispose();
      gpu.throwIfFailed();
      return { loss, gradients };
    });
  } finally {
    removeStock();
    gpu.device.destroy();
  }
}

async function ourStep(backend: StudioBackend, inputs: StepInputs): Promise<StepResult> {
  const { arch, batch, size, classes } = inputs;
  const state = uploadState(backend, stateSpecs(arch, classes.length), inputs.host);
  const optimiser = adamWOptimiser(backend, state.parameters, { lr: inputs.lr, weightDecay: 0 });
  const images = backend.allocate([batch, size, size, 3]);
  backend.writeWords(images, inputs.images);
  const labels = backend.upload(inputs.labels);
  const score = backend.allocate([2]);
  try {
    backend.clear(score);
    optimiser.clearGradients();
    const { gradients } = optimiser;
    const how = { mode: TRAIN, keeps: memoryPolicy(arch, 'lean'), gradients, score, rows: batch };
    accumulateGradients(backend, { arch, classes, state }, { images, labels }, how);
    const [loss = NaN] = await readFloats(backend, score);
    const home = new Map<string, Float32Array>();
    for (const [key, gradient] of gradients) home.set(key, await readFloats(backend, gradient));
    backend.gpu.throwIfFailed();
    return { loss, gradients: home };
  } finally {
    for (const tensor of [images, labels, score]) backend.release(tensor);
    optimiser.release();
    releaseState(backend, state);
  }
}

/** Relative errors: of the loss, and of the gradient that is farthest off, by its norm. */
export function compareSteps(
  ours: StepResult,
  theirs: StepResult,
): Pick<GpuCheck['ways'][number], 'loss' | 'gradient'> {
  let worst = { key: '', error: 0 };
  for (const [key, expected] of theirs.gradients) {
    const error = relativeError(ours.gradients.get(key), expected);
    if (!(error <= worst.error)) worst = { key, error };
  }
  return { loss: Math.abs(ours.loss - theirs.loss) / Math.abs(theirs.loss), gradient: worst };
}

function relativeError(actual: Float32Array | undefined, expected: Float32Array): number {
  if (actual?.length !== expected.length) return Infinity;
  let [difference, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  const error = Math.sqrt(difference / norm);
  return Number.isFinite(error) ? error : Infinity;
}
