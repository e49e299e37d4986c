/** The convolutions of a network, each distinct one once. */
import { layerCosts, layersAt } from '../engine/models/cost';
import type { Architecture } from '../engine/models/meta';
import type { ConvLayer } from '../engine/models/model';

export interface ConvWork extends Pick<
  ConvLayer,
  'inChannels' | 'outChannels' | 'kernel' | 'stride' | 'pad' | 'groups'
> {
  /** The first layer of this shape. */
  layer: string;
  /** Layers of this shape in the network. */
  count: number;
  inSize: number;
  outSize: number;
  /** Multiply-accumulates of one photo's forward pass. */
  macs: number;
  /** Whether it needs a gradient by its input: the first layer's are photos. */
  inputGradient: boolean;
}

export function convWork(arch: Architecture, size: number): ConvWork[] {
  const costs = layerCosts(arch, size, 1);
  const distinct = new Map<string, ConvWork>();
  layersAt(arch, 1, size).forEach(({ layer, shape: { inHeight: inSize, outHeight: outSize } }, i) => {
    const { name, inChannels, outChannels, kernel, stride, pad, groups } = layer;
    const { macs } = costs[i]!;
    const key = [inSize, inChannels, outChannels, kernel, stride, groups].join();
    const known = distinct.get(key);
    if (known) known.count++;
    else {
      const shape = { inChannels, outChannels, kernel, stride, pad, groups, inSize, outSize, macs };
      distinct.set(key, { layer: name, count: 1, ...shape, inputGradient: i > 0 });
    }
  });
  return [...distinct.values()];
}

/** Floating-point operations of forward and both gradients, two a multiplication and addition, padding counted. */
export function workFlops({ macs, inputGradient }: ConvWork, batch: number): number {
  return 2 * macs * batch * (inputGradient ? 3 : 2);
}
