/** What a network costs by its shapes alone: multiplications and activations. */
import type { Architecture } from './meta';
import { convLayers, featureChannels } from './resnet';

export interface LayerCost {
  name: string;
  /** Floats of one photo's output. */
  outputs: number;
  /** Multiply-accumulates for one photo. */
  macs: number;
}

/** Every convolution at resolution `size`, then `fc`. */
export function layerCosts(arch: Architecture, size: number, classes: number): LayerCost[] {
  const half = (n: number) => Math.ceil(n / 2);
  let resolution = size;
  const costs = convLayers(arch).map((layer): LayerCost => {
    const { name, inChannels, outChannels, kernel, stride } = layer;
    // A downsampling shortcut comes last in its block, when the block has already halved the resolution.
    if (stride === 2 && !name.includes('downsample')) resolution = half(resolution);
    const outputs = resolution * resolution * outChannels;
    const cost = { name, outputs, macs: outputs * kernel * kernel * inChannels };
    if (name === 'conv1') resolution = half(resolution);
    return cost;
  });
  return [...costs, { name: 'fc', outputs: classes, macs: featureChannels(arch) * classes }];
}

/** Multiply-accumulates of one photo's forward pass. */
export function forwardMacs(arch: Architecture, size: number, classes: number): number {
  return layerCosts(arch, size, classes).reduce((sum, { macs }) => sum + macs, 0);
}
