/** Evaluation's passes for whoever looks at the maps inside a network. */
import { type GpuTensor, type Recorder, Scope } from '../gpu/recorder';
import { type MemoryPolicy, Tape } from '../nn/tape';
import type { SplitPoint } from './model';
import { borrowed, evaluating, featuresOf, type Network } from './passes';
import { modelOf } from './registry';

/**
 * What stands before a cut in evaluation, and how it changes the logits: `map` [N, H, W, C], and the gradient, of the same
 * shape, of what `weights` makes of the logits [N, K], which stay ours: a tensor of their shape, which this releases. The caller
 * releases the result.
 */
export async function gradientOfMap(
  recorder: Recorder,
  network: Network,
  images: GpuTensor,
  { cut, weights }: { cut: SplitPoint; weights: (logits: GpuTensor) => Promise<GpuTensor> },
): Promise<{ map: GpuTensor; gradient: GpuTensor }> {
  const scope = new Scope(recorder);
  const map = featuresOf(scope, network, images, cut);
  try {
    const tape = new Tape({ gradients: new Map(), keeps: KEEPS_ALL });
    const input = borrowed(scope, map, { needsGradient: true });
    const pass = { ...evaluating(scope, network.state), tape };
    const { logits } = modelOf(network.arch).forward(pass, input, { from: cut });
    logits.setGradient(await weights(logits.read()));
    tape.backward();
    return { map: scope.detach(map), gradient: scope.detach(input.takeGradient()) };
  } finally {
    scope.releaseAll();
  }
}

const KEEPS_ALL: MemoryPolicy = { norm: () => true, conv: () => true };
