/**
 * A network's weights: tensors by torchvision's keys. Convolutions are HWIO here (OIHW only in `io`), linear weights
 * [out, in], batch-norm vectors [C]. Parameters are trained in place; buffers move in place by training-mode norms.
 */
import { dispose, keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { fork } from '../base/rng';

/** What one tensor of a network is, in torchvision's order of the state dict. */
export interface TensorSpec {
  key: string;
  /** Our layout. */
  shape: readonly number[];
  role: 'conv' | 'linear' | 'linearBias' | 'gamma' | 'beta' | 'runningMean' | 'runningVariance' | 'batchesTracked';
}

export interface NetworkState {
  /** Conv, linear, gamma and beta. */
  parameters: Map<string, Tensor>;
  /** Running means and variances. */
  buffers: Map<string, Tensor>;
  /** `num_batches_tracked` of every norm: training-mode forward passes so far. */
  batchesTracked: Map<string, number>;
}

/** A state on the CPU: plain arrays in our layout, safe to keep, post and compare. */
export interface HostState {
  tensors: Map<string, { shape: readonly number[]; values: Float32Array<ArrayBuffer> }>;
  batchesTracked: Map<string, number>;
}

/** torchvision's initialisation: kaiming normal (fan out) convolutions, unit norms, uniform linear layers. */
export function initialHostState(specs: readonly TensorSpec[], seed: number): HostState {
  const state: HostState = { tensors: new Map(), batchesTracked: new Map() };
  specs.forEach((spec, index) => {
    if (spec.role === 'batchesTracked') {
      state.batchesTracked.set(spec.key, 0);
      return;
    }
    const count = spec.shape.reduce((a, b) => a * b, 1);
    const draw = initialiser(spec, specs, fork(seed, INIT_STREAM, index));
    state.tensors.set(spec.key, { shape: spec.shape, values: Float32Array.from({ length: count }, draw) });
  });
  return state;
}

/** Keeps the weights' randomness apart from shuffling's and augmentation's. */
const INIT_STREAM = 0x1417;

function initialiser(spec: TensorSpec, specs: readonly TensorSpec[], rng: ReturnType<typeof fork>): () => number {
  switch (spec.role) {
    case 'conv': {
      const [kernel = 1, , , outChannels = 1] = spec.shape;
      const deviation = Math.sqrt(2 / (kernel * kernel * outChannels));
      return () => deviation * rng.normal();
    }
    case 'linear':
    case 'linearBias': {
      const weight =
        spec.role === 'linear' ? spec : specs.find(({ key }) => key === spec.key.replace(/bias$/, 'weight'));
      const bound = 1 / Math.sqrt(weight?.shape[1] ?? 1);
      return () => (2 * rng.uniform() - 1) * bound;
    }
    case 'gamma':
    case 'runningVariance':
      return () => 1;
    case 'beta':
    case 'runningMean':
      return () => 0;
    case 'batchesTracked':
      throw new Error('num_batches_tracked is a number, not a tensor');
    default:
      return spec.role satisfies never;
  }
}

/** Uploads a host state. The caller disposes of the result with `disposeState`. */
export function uploadState(specs: readonly TensorSpec[], host: HostState): NetworkState {
  const state: NetworkState = {
    parameters: new Map(),
    buffers: new Map(),
    batchesTracked: new Map(host.batchesTracked),
  };
  for (const { key, role } of specs) {
    if (role === 'batchesTracked') continue;
    const { shape, values } = host.tensors.get(key)!;
    const group = role === 'runningMean' || role === 'runningVariance' ? state.buffers : state.parameters;
    group.set(key, keep(tensor(values, [...shape], 'float32')));
  }
  return state;
}

export function disposeState(state: NetworkState): void {
  dispose([...state.parameters.values(), ...state.buffers.values()]);
  state.parameters.clear();
  state.buffers.clear();
}
