/** What a network costs by its shapes alone: multiplications and activations. */
import type { Architecture } from './meta';
import { type ConvShape, convShape } from '../kernels/conv2d/shape';
import { headMacs } from './heads';
import { type ConvLayer, convLayers, type SplitPoint, featureChannels, POOLED, pooledFeatures } from './resnet';

const HEAD = 'head';

export interface LayerCost {
  name: string;
  /** Of the norm behind it; null for the head. */
  norm: string | null;
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
  const costs = layersAt(arch, 1, size).map(({ layer: { name, norm, kernel, inChannels }, shape }): LayerCost => {
    const outputs = shape.outHeight * shape.outWidth * shape.outChannels;
    return { name, norm, outputs, macs: outputs * kernel * kernel * inChannels };
  });
  const head = { name: HEAD, norm: null, outputs: classes, macs: headMacs(arch, featureChannels(arch), classes) };
  return [...costs, head];
}

/** Of a network, or of its part before or from a cut on. */
export interface Section {
  from?: SplitPoint | null;
  until?: SplitPoint | null;
}

/** Multiply-accumulates of one photo's forward pass. */
export function forwardMacs(arch: Architecture, size: number, classes: number, section: Section = {}): number {
  return sectionOf(layerCosts(arch, size, classes), section).reduce((sum, { macs }) => sum + macs, 0);
}

/**
 * The same of its training step: every layer forward, and two times as much backward from the first on that learns, or once
 * where only gradients pass through. A network that learns as a whole takes three forward passes, by custom.
 */
export function trainingMacs(
  arch: Architecture,
  size: number,
  classes: number,
  trains: (key: string) => boolean,
  section: Section = {},
): number {
  let reached = false;
  return sectionOf(layerCosts(arch, size, classes), section).reduce((sum, { name, norm, macs }) => {
    const learns = name === HEAD || trains(`${name}.weight`);
    reached ||= learns;
    const passes = 1 + Number(learns) + Number(reached);
    reached ||= norm !== null && trains(`${norm}.weight`);
    return sum + passes * macs;
  }, 0);
}

/** Of one photo's features at a cut, for photos of `size` px: [H, W, C], or [C] behind the pooling. */
export function featureShape(arch: Architecture, size: number, cut: SplitPoint): number[] {
  if (cut === POOLED) return [pooledFeatures(arch)];
  const { shape } = layersAt(arch, 1, size).find(({ layer }) => layer.name === `${cut}.conv1`)!;
  return [shape.inHeight, shape.inWidth, shape.inChannels];
}

function sectionOf(layers: readonly LayerCost[], { from = null, until = null }: Section): readonly LayerCost[] {
  const placeOf = (cut: SplitPoint) =>
    layers.findIndex(({ name }) => name === (cut === POOLED ? HEAD : `${cut}.conv1`));
  return layers.slice(from === null ? 0 : placeOf(from), until === null ? undefined : placeOf(until));
}
