/**
 * What a network is to the rest of the engine: its tensors with their roles, where each layer stands, a forward pass between
 * two cuts. Whoever decays weights, freezes parts, plans memory or reads files asks here; nothing outside of `models/` reads
 * meaning out of a key's spelling.
 */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import type { Pass } from '../nn/layers';
import type { TensorSpec } from '../nn/state';
import type { Activation } from '../nn/tape';
import type { Architecture } from './meta';

/** Where a network can be cut in two: before one of its blocks, by name (`layer4.2`), behind the last, or behind the pooling. */
export type SplitPoint = string;
export const LAST_MAP: SplitPoint = 'lastMap';
export const POOLED: SplitPoint = 'pooled';

/** A convolution with the batch norm behind it. */
export interface ConvLayer {
  /** Its weight is `${name}.weight`. */
  name: string;
  norm: string;
  inChannels: number;
  outChannels: number;
  kernel: number;
  stride: number;
  pad: number;
  /** Channels are convolved in so many groups, each by itself. */
  groups: number;
  /** 0 is the stem, before the first pooling. */
  stage: number;
  /** Null in the stem. */
  block: SplitPoint | null;
  /** Reads its block's input beside the block's other convolutions. */
  shortcut: boolean;
  /** The last of its block's path, or its shortcut: what the block adds up. */
  joins: boolean;
}

export interface Outputs {
  /** [N, K] */
  logits: Activation;
  /** Input of the head's first layer behind the pooling: [N, C], or [N, 2C] under fastai's. What came in, at that cut. */
  pooled: Activation;
}

/** What may be changed between the trunk and the classifier, where nothing is trained. */
export interface Adaptation {
  /** In place of the last ReLU: what it would rectify, [N, H, W, C] → the same shape. */
  lastRelu?: (recorder: Recorder, x: Activation) => Activation;
  /** Changes the pooled activations [N, C] in place. */
  pooled?: (recorder: Recorder, pooled: GpuTensor) => void;
}

export interface Model {
  readonly arch: Architecture;
  /** The whole state dict in the reference's order, the head's last; shapes in our layout. */
  specs: (classes: number) => TensorSpec[];
  /** Every convolution, from the photos on. */
  readonly convs: readonly ConvLayer[];
  /** Multiply-accumulates of the head for one photo. */
  headMacs: (classes: number) => number;
  /** Stages of the trunk behind the stem, counted from 1. */
  readonly stages: number;
  /** Stage of a layer or tensor by name: 0 for the stem, `stages + 1` for the head. */
  stageOf: (name: string) => number;
  /** Whether a layer or tensor, by name, is of the head. */
  isOfHead: (name: string) => boolean;
  /** Block of a layer or tensor by name; null in stem and head. */
  blockOf: (name: string) => SplitPoint | null;
  /** Name of the trunk's last batch norm, the one that FixRes lets move. */
  readonly lastNorm: string;
  /** Channels of the trunk's last map. */
  readonly featureChannels: number;
  /** Of what is pooled. */
  readonly pooledFeatures: number;
  /** `x`: images [N, R, R, 3] in [0, 1], or what `features` made of them at the cut `from`; it stays the caller's. */
  forward: (pass: Pass, x: Activation, options?: Adaptation & { from?: SplitPoint | null }) => Outputs;
  /** `images` [N, R, R, 3] up to the cut: a block's input or the last map [N, H, W, C], or what is pooled. */
  features: (pass: Pass, images: Activation, until: SplitPoint) => Activation;
}

/** Where the map that a stage ends with comes out: before the first block of the next. */
export const endOfStage = ({ convs }: Model, stage: number): SplitPoint =>
  convs.find((layer) => layer.stage === stage + 1)?.block ?? LAST_MAP;

type Role = TensorSpec['role'];

/** Filters and matrices, which weight decay is meant for; norms and biases are left alone by most recipes. */
export const WEIGHTS: readonly Role[] = ['conv', 'linear'];
export const NORM_PARAMETERS: readonly Role[] = ['gamma', 'beta'];

/** Keys of the tensors in any of the roles. The number of classes changes none. */
export function keysOf(model: Model, roles: readonly Role[]): ReadonlySet<string> {
  return new Set(model.specs(1).flatMap(({ key, role }) => (roles.includes(role) ? [key] : [])));
}

/**
 * The last cut before anything that learns, by names of layers and keys of tensors: what comes before it makes the same of a
 * photo for ever. Null if the network learns from its first layer on.
 */
export function lastFrozenSplit({ convs }: Model, learns: (name: string) => boolean): SplitPoint | null {
  const first = convs.find(({ name, norm }) =>
    [`${name}.weight`, `${norm}.weight`, `${norm}.bias`, norm].some((each) => learns(each)),
  );
  return first ? first.block : POOLED;
}
