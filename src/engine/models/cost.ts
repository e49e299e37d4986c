/** What a network costs by its shapes alone: multiplications and activations. */
import type { Architecture } from './meta';
import { convFlops, type ConvShape, convShape } from '../kernels/conv2d/shape';
import { type ConvLayer, POOLED, type SplitPoint } from './model';
import { modelOf } from './registry';

const HEAD = 'head';

export interface LayerCost {
  name: string;
  /** Of the norm behind it; null for the head. */
  norm: string | null;
  /** Null in the stem and for the head. */
  block: SplitPoint | null;
  /** Floats of one photo's output. */
  outputs: number;
  /** Multiply-accumulates for one photo. */
  macs: number;
}

/** Every convolution's dimensions for `batch` photos of `size` px. */
export function convShapes(arch: Architecture, batch: number, size: number): ConvShape[] {
  return layersAt(arch, batch, size).map(({ shape }) => shape);
}

/** Every convolution with its dimensions; photos are squares where no `width` is given, else `size` is their height. */
export function layersAt(
  arch: Architecture,
  batch: number,
  size: number,
  width = size,
): { layer: ConvLayer; shape: ConvShape }[] {
  let resolution: readonly [number, number] = [size, width];
  // A shortcut comes last in its block and starts where the block did.
  let blockResolution = resolution;
  let block: SplitPoint | null = null;
  return modelOf(arch).convs.map((layer) => {
    const { kernel, inChannels, outChannels, stride, pad, groups } = layer;
    if (layer.block !== block) [block, blockResolution] = [layer.block, resolution];
    const from = layer.shortcut ? blockResolution : resolution;
    const shape = convShape([batch, ...from, inChannels], [kernel, kernel, inChannels / groups, outChannels], {
      stride,
      pad,
    });
    const { outHeight, outWidth } = shape;
    // Max pooling behind the stem.
    const halved = layer.stage === 0 ? 2 : 1;
    resolution = [Math.ceil(outHeight / halved), Math.ceil(outWidth / halved)];
    return { layer, shape };
  });
}

/** Every convolution at resolution `size`, or of photos that are `width` wide, then the head. */
export function layerCosts(arch: Architecture, size: number, classes: number, width = size): LayerCost[] {
  const costs = layersAt(arch, 1, size, width).map(({ layer: { name, norm, block }, shape }): LayerCost => {
    const outputs = shape.outHeight * shape.outWidth * shape.outChannels;
    return { name, norm, block, outputs, macs: convFlops(shape) / 2 };
  });
  const head = { name: HEAD, norm: null, block: null, outputs: classes, macs: modelOf(arch).headMacs(classes) };
  return [...costs, head];
}

/** Of a network, or of its part before or from a cut on. */
export interface Section {
  from?: SplitPoint | null;
  until?: SplitPoint | null;
}

/** Multiply-accumulates of one photo's forward pass; of one that is `width` wide, `size` being its height. */
export function forwardMacs(
  arch: Architecture,
  size: number,
  classes: number,
  { width = size, ...section }: Section & { width?: number } = {},
): number {
  return sectionOf(layerCosts(arch, size, classes, width), section).reduce((sum, { macs }) => sum + macs, 0);
}

/**
 * The same of its training step: every layer forward, and two times as much backward from the first on that learns, or once
 * where only gradients pass through. A network that learns as a whole takes three forward passes, by custom.
 */
export function trainingMacs(
  arch: Architecture,
  size: number,
  classes: number,
  isTrainable: (key: string) => boolean,
  section: Section = {},
): number {
  let reached = false;
  return sectionOf(layerCosts(arch, size, classes), section).reduce((sum, { name, norm, macs }) => {
    const learns = name === HEAD || isTrainable(`${name}.weight`);
    reached ||= learns;
    const passes = 1 + Number(learns) + Number(reached);
    reached ||= norm !== null && isTrainable(`${norm}.weight`);
    return sum + passes * macs;
  }, 0);
}

/** Of one photo's features at a cut, for photos of `size` px: [H, W, C], or [C] behind the pooling. */
export function featureShape(arch: Architecture, size: number, cut: SplitPoint): number[] {
  if (cut === POOLED) return [modelOf(arch).pooledFeatures];
  const { shape } = layersAt(arch, 1, size).find(({ layer }) => layer.block === cut)!;
  return [shape.inHeight, shape.inWidth, shape.inChannels];
}

function sectionOf(layers: readonly LayerCost[], { from = null, until = null }: Section): readonly LayerCost[] {
  const placeOf = (cut: SplitPoint) =>
    layers.findIndex(({ name, block }) => (cut === POOLED ? name === HEAD : block === cut));
  return layers.slice(from === null ? 0 : placeOf(from), until === null ? undefined : placeOf(until));
}
