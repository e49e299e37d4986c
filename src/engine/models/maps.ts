/** Evaluation's passes for whoever looks at the maps inside a network. */
import { type GpuTensor, type Recorder, Scope } from '../gpu/recorder';
import { relu } from '../kernels/relu/relu';
import { type Activation, type MemoryPolicy, Tape } from '../nn/tape';
import type { SplitPoint } from './model';
import { borrowed, evaluating, featuresOf, type Network, predict, type Predictions } from './passes';
import { modelOf } from './registry';

/** As `predict`, with the trunk's last map behind its ReLU, [N, H, W, C]. The caller releases the result. */
export function predictWithMap(
  recorder: Recorder,
  network: Network,
  images: GpuTensor,
): Predictions & { map: GpuTensor } {
  let map: GpuTensor | null = null;
  const lastRelu = (inner: Recorder, x: Activation): Activation => {
    const before = x.take();
    map = relu(recorder, before);
    inner.release(before);
    return borrowed(inner, map);
  };
  try {
    const predictions = predict(recorder, network, images, { lastRelu });
    if (!map) throw new Error('The network has no map: it begins behind its pooling');
    return { ...predictions, map };
  } catch (error) {
    if (map) recorder.release(map);
    throw error;
  }
}

/**
 * What stands before a cut in evaluation, and how it changes the logits: `map` [N, H, W, C], and the gradient, of the same
 * shape, of what `weights` makes of the logits: it makes a tensor [N, K], which this releases. The caller releases the result.
 */
export function gradientOfMap(
  recorder: Recorder,
  network: Network,
  images: GpuTensor,
  { cut, weights }: { cut: SplitPoint; weights: () => GpuTensor },
): { map: GpuTensor; gradient: GpuTensor } {
  const scope = new Scope(recorder);
  const map = featuresOf(scope, network, images, cut);
  try {
    const tape = new Tape({ gradients: new Map(), keeps: KEEPS_ALL });
    const input = borrowed(scope, map, { needsGradient: true });
    const pass = { ...evaluating(scope, network.state), tape };
    modelOf(network.arch).forward(pass, input, { from: cut }).logits.setGradient(weights());
    tape.backward();
    return { map: scope.detach(map), gradient: scope.detach(input.takeGradient()) };
  } finally {
    scope.releaseAll();
  }
}

const KEEPS_ALL: MemoryPolicy = { norm: () => true, conv: () => true };
