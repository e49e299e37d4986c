/**
 * The network as one writes it in stock TensorFlow.js 4.22: its own conv2d, moments, batchNorm, maxPool and matMul, nothing of
 * ours. It runs on a stock WebGPU backend with a device of its own on the same adapter, so that buffers and dispatches are its own.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-webgpu/dist/register_all_kernels';
import {
  add,
  batchNorm,
  cast,
  conv2d,
  copyRegisteredKernels,
  dispose,
  env,
  getKernelsForBackend,
  losses,
  matMul,
  maxPool,
  mean,
  moments,
  mul,
  oneHot,
  registerBackend,
  relu,
  removeBackend,
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
  unregisterKernel,
  variable,
  type Variable,
} from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu';
import type { Gpu } from '../gpu/device';
import type { ConvLayer } from '../models/model';
import { modelOf, stateSpecs } from '../models/registry';
import type { StepInputs } from './stepInputs';

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
export async function onStock<T>(task: () => T | Promise<T>): Promise<T> {
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

/** Gives back what `installStock` made; its device is the caller's. */
export function removeStock(): void {
  removeBackend(BACKEND_NAME);
  for (const { kernelName } of getKernelsForBackend(BACKEND_NAME)) unregisterKernel(kernelName, BACKEND_NAME);
}

/** A network with its batch on the stock backend. */
export class StockStep {
  readonly variables: ReadonlyMap<string, Variable>;
  private readonly images: Tensor4D;
  private readonly labels: Tensor2D;
  private readonly network: StockResNet;

  /**
   * To be made within `onStock`.
   * @throws Error where stock TensorFlow.js cannot say the network.
   */
  constructor({ arch, batch, size, classes, host, images, labels }: StepInputs) {
    const { convs } = modelOf(arch);
    if (convs.some(({ groups }) => groups > 1)) {
      throw new Error(`Stock TensorFlow.js has no convolution in groups, of which a ${arch} is made`);
    }
    this.images = tensor4d(images, [batch, size, size, 3]);
    this.labels = tidy(() => cast(oneHot(tensor1d(labels, 'int32'), classes.length) as Tensor2D, 'float32'));
    const roles = new Map(stateSpecs(arch, classes.length).map(({ key, role }) => [key, role]));
    const moves = (key: string) => ['runningMean', 'runningVariance'].includes(roles.get(key)!);
    this.variables = new Map(
      [...host.tensors].map(([key, { shape, values }]) => [
        key,
        tidy(() => variable(tensor(values, [...shape]), !moves(key))),
      ]),
    );
    const ofRole = (wanted: string) => this.variables.get([...roles].find(([, role]) => role === wanted)![0])!;
    this.network = new StockResNet(convs, this.variables, { weight: ofRole('linear'), bias: ofRole('linearBias') });
  }

  get trainable(): Variable[] {
    return [...this.variables.values()].filter(({ trainable }) => trainable);
  }

  /** The mean cross entropy; moves the running statistics. */
  readonly loss = (): Scalar =>
    losses.softmaxCrossEntropy<Tensor, Scalar>(this.labels, this.network.forward(this.images));

  dispose(): void {
    dispose([this.images, this.labels, ...this.variables.values()]);
  }
}

/** torchvision's ResNet over its layers' names. */
class StockResNet {
  private readonly blocks = new Map<string, { main: ConvLayer[]; shortcut: ConvLayer | null }>();
  private readonly stem: ConvLayer;

  constructor(
    [stem, ...layers]: readonly ConvLayer[],
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly head: { weight: Variable; bias: Variable },
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
    return add(matMul(pooled, this.head.weight as unknown as Tensor2D, false, true), this.head.bias);
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
