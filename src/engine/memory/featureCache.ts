/**
 * A frozen trunk makes the same of a photo whenever its view is the same. So where views are fixed, as in validation and on
 * test views, each photo goes through it once, and what comes out is kept in the host's memory for the epochs to come.
 */
import type { StudioBackend } from '../gpu/backend';
import type { GpuTensor } from '../gpu/recorder';
import type { Precision } from '../kernels/storage';
import { featureShape } from '../models/cost';
import type { Architecture } from '../models/meta';
import { lastFrozenSplit, type SplitPoint } from '../models/model';
import { modelOf } from '../models/registry';
import type { Trainable } from '../models/parts';

/** Of both splits together. ResNet-50's pooled features of 32,000 photos; of its last block's, at 224 px, 670. */
export const FEATURE_BYTES = 256 * 2 ** 20;

/** A training whose epochs might see the same again. */
export interface FeatureCacheInput {
  arch: Architecture;
  trainable: Trainable;
  epochs: number;
  /** Whether training's views are the same in every epoch, and photos not mixed. */
  fixed: boolean;
  /** px, of training and of validation. */
  size: number;
  testSize: number;
  trainCount: number;
  validationCount: number;
  precision: Precision;
  /** Of host memory that features may take. */
  featureBytes: number;
}

/** What is worth keeping: up to which cut, and of which split. */
export interface FeatureCachePlan {
  cut: SplitPoint;
  train: boolean;
  validation: boolean;
}

/** Null where the network learns from its first layer on, or has no room for its features, or one epoch alone. */
export function planFeatureCache(o: FeatureCacheInput): FeatureCachePlan | null {
  const { isTrainable, mode } = o.trainable;
  const cut = lastFrozenSplit(modelOf(o.arch), (name) => isTrainable(name) || mode.trainsNorm(name));
  if (cut === null || o.epochs < 2) return null;
  const bytesOf = (size: number, count: number) => 4 * count * floatsOf(featureShape(o.arch, size, cut));
  const validationBytes = bytesOf(o.testSize, o.validationCount);
  const validation = validationBytes <= o.featureBytes;
  // Half precision would make other features than evaluation does.
  const fixed = o.fixed && o.precision === 'float32';
  const left = o.featureBytes - (validation ? validationBytes : 0);
  const train = fixed && bytesOf(o.size, o.trainCount) <= left;
  return train || validation ? { cut, train, validation } : null;
}

/** One split's features, by sample. */
export class FeatureStore {
  private readonly rows = new Map<number, Float32Array<ArrayBuffer>>();

  /** @param shape Of one photo's: [H, W, C] or [C]. */
  constructor(private readonly shape: readonly number[]) {}

  has(index: number): boolean {
    return this.rows.has(index);
  }

  /** `values`: a row a sample. */
  put(indices: Int32Array, values: Float32Array<ArrayBuffer>): void {
    const length = floatsOf(this.shape);
    indices.forEach((index, i) => this.rows.set(index, values.slice(i * length, (i + 1) * length)));
  }

  /** [indices.length, …shape]; the caller releases it. */
  toGpu(backend: StudioBackend, indices: Int32Array): GpuTensor {
    const length = floatsOf(this.shape);
    const values = new Float32Array(indices.length * length);
    indices.forEach((index, i) => values.set(this.rows.get(index)!, i * length));
    const tensor = backend.allocate([indices.length, ...this.shape]);
    backend.writeWords(tensor, values);
    return tensor;
  }
}

const floatsOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
