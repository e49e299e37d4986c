/** What a network costs by its shapes alone: multiplications and activations. */
import type { Architecture } from './meta';
import { type ConvShape, convShape } from '../kernels/conv2d/shape';
import { headMacs } from './heads';
import { type ConvLayer, convLayers, featureChannels } from './resnet';

export interface LayerCost {
  name: string;
  /** Floats of one photo's output. */
  outputs: number;
  /** Multiply-accumulates for one photo. */
  macs: number;
}

/** Every convolution's dimensions for `batch` photos of `size` px. */
export function convShapes(arch: Architecture, batch: number, size: number): ConvShape[] {
  return layersAt(arch, batch, size).map(({ shape }) => shape);
}

function layersAt(arch: Architecture, batch: number, size: number): { layer: ConvLayer; shape: ConvShape }[] {
  let resolution = size;
  // A downsampling shortcut comes last in its block and starts where the block did.
  let blockResolution = size;
  return convLayers(arch).map((layer) => {
    const { name, kernel, inChannels, outChannels, stride, pad } = layer;
    if (name.endsWith('.conv1')) blockResolution = resolution;
    const from = name.includes('downsample') ? blockResolution : resolution;
    const shape = convShape([batch, from, from, inChannels], [kernel, kernel, inChannels, outChannels], {
      stride,
      pad,
    });
    resolution = shape.outHeight;
    // Max pooling behind the stem.
    if (name === 'conv1') resolution = Math.ceil(resolution / 2);
    return { layer, shape };
  });
}

/** Every convolution at resolution `size`, then the head. */
export function layerCosts(arch: Architecture, size: number, classes: number): LayerCost[] {
  const costs = layersAt(arch, 1, size).map(({ layer: { name, kernel, inChannels }, shape }): LayerCost => {
    const outputs = shape.outHeight * shape.outWidth * shape.outChannels;
    return { name, outputs, macs: outputs * kernel * kernel * inChannels };
  });
  return [...costs, { name: 'head', outputs: classes, macs: headMacs(arch, featureChannels(arch), classes) }];
}

/** Multiply-accumulates of one photo's forward pass. */
export function forwardMacs(arch: Architecture, size: number, classes: number): number {
  return layerCosts(arch, size, classes).reduce((sum, { macs }) => sum + macs, 0);
}
