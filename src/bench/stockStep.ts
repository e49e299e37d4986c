/**
 * The training step as one writes it in stock TensorFlow.js 4.22: its own conv2d, moments, batchNorm, maxPool, matMul,
 * losses and Adam, nothing of ours. It runs on a stock WebGPU backend with a device of its own on the same adapter, so
 * that its buffers and its dispatches are its own.
 */
import {
  add,
  batchNorm,
  cast,
  conv2d,
  copyRegisteredKernels,
  dispose,
  env,
  losses,
  matMul,
  maxPool,
  mean,
  moments,
  mul,
  oneHot,
  registerBackend,
  relu,
  type Scalar,
  setBackend,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor1d,
  type Tensor2D,
  tensor4d,
  type Tensor4D,
  tidy,
  train,
  variable,
  type Variable,
} from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Gpu } from '../engine/gpu/device';
import type { ConvLayer } from '../engine/models/model';
import { modelOf } from '../engine/models/registry';
import type { StepInputs, Trainer } from './trainer';

const BACKEND_NAME = 'stock';
/** PyTorch's. */
const EPSILON = 1e-5;
const MOMENTUM = 0.1;

/** Registers stock TensorFlow.js beside ours, on `gpu`. */
export function installStock(gpu: Gpu): void {
  copyRegisteredKernels('webgpu', BACKEND_NAME);
  registerBackend(BACKEND_NAME, () => new WebGPUBackend(gpu.device, gpu.report as unknown as GPUAdapterInfo));
}

/** Runs `task` with stock TensorFlow.js and its own settings, then goes back to ours. */
async function onStock<T>(task: () => T | Promise<T>): Promise<T> {
  const forwards = env().getBool('WEBGPU_CPU_FORWARD');
  await setBackend(BACKEND_NAME);
  env().set('WEBGPU_CPU_FORWARD', true);
  try {
    return await task();
  } finally {
    env().set('WEBGPU_CPU_FORWARD', forwards);
    await setBackend('webgpu');
  }
}

export async function stockTrainer(gpu: Gpu, inputs: StepInputs): Promise<Trainer> {
  const { arch, batch, size, classes, host } = inputs;
  if (modelOf(arch).convs.some(({ groups }) => groups > 1)) {
    throw new Error(`Stock TensorFlow.js has no convolution in groups, of which a ${arch} is made`);
  }
  const { images, labels, variables } = await onStock(() => ({
    images: tensor4d(inputs.images, [batch, size, size, 3]),
    labels: tidy(() => cast(oneHot(tensor1d(inputs.labels, 'int32'), classes.length), 'float32')),
    variables: new Map(
      [...host.tensors].map(([key, { shape, values }]) => [
        key,
        tidy(() => variable(tensor(values, [...shape]), !key.includes('running_'))),
      ]),
    ),
  }));
  const optimiser = train.adam(inputs.lr);
  const network = new StockResNet(modelOf(arch).convs, variables);
  return {
    step: () =>
      onStock(async () => {
        const cost = optimiser.minimize(
          () => losses.softmaxCrossEntropy<Tensor, Scalar>(labels, network.forward(images)),
          true,
          [...variables.values()].filter(({ trainable }) => trainable),
        );
        const [loss = NaN] = (await cost?.data()) ?? [];
        cost?.dispose();
        await gpu.device.queue.onSubmittedWorkDone();
        gpu.throwIfFailed();
        return loss;
      }),
    dispose() {
      optimiser.dispose();
      dispose([images, labels, ...variables.values()]);
    },
  };
}

/** torchvision's ResNet over its layers' names. */
class StockResNet {
  private readonly blocks = new Map<string, { main: ConvLayer[]; shortcut: ConvLayer | null }>();
  private readonly stem: ConvLayer;

  constructor(
    [stem, ...layers]: readonly ConvLayer[],
    private readonly variables: ReadonlyMap<string, Variable>,
  ) {
    if (!stem) throw new Error('A network of no layers');
    this.stem = stem;
    for (const layer of layers) {
      const block = this.blocks.get(layer.block!) ?? { main: [], shortcut: null };
      if (layer.shortcut) block.shortcut = layer;
      else block.main.push(layer);
      this.blocks.set(layer.block!, block);
    }
  }

  /** Logits [N, K]. Moves the running statistics. */
  forward(images: Tensor4D): Tensor2D {
    let x = maxPool(relu(this.convNorm(images, this.stem)), 3, 2, 1);
    for (const { main, shortcut } of this.blocks.values()) {
      const residual = shortcut ? this.convNorm(x, shortcut) : x;
      main.forEach((layer, i) => {
        const normed = this.convNorm(x, layer);
        x = relu(i === main.length - 1 ? add(normed, residual) : normed);
      });
    }
    const pooled = mean<Tensor2D>(x, [1, 2]);
    return add(matMul(pooled, this.variable<Tensor2D>('fc.weight'), false, true), this.variable('fc.bias'));
  }

  private convNorm(x: Tensor4D, { name, norm, stride, pad }: ConvLayer): Tensor4D {
    const y = conv2d(x, this.variable<Tensor4D>(`${name}.weight`), stride, pad);
    const statistics = moments(y, [0, 1, 2]);
    const count = y.size / y.shape[3];
    this.track(`${norm}.running_mean`, statistics.mean);
    this.track(`${norm}.running_var`, mul(statistics.variance, count / (count - 1)));
    return batchNorm(
      y,
      statistics.mean as Tensor1D,
      statistics.variance as Tensor1D,
      this.variable<Tensor1D>(`${norm}.bias`),
      this.variable<Tensor1D>(`${norm}.weight`),
      EPSILON,
    );
  }

  private track(key: string, value: Tensor): void {
    const running = this.variables.get(key)!;
    running.assign(add(mul(running, 1 - MOMENTUM), mul(value, MOMENTUM)));
  }

  private variable<T extends Tensor>(key: string): T {
    const found = this.variables.get(key);
    if (!found) throw new Error(`No variable ${key}`);
    return found as unknown as T;
  }
}
