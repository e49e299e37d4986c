/**
 * A batch of one photo over maps of one pixel has one value a channel and so no spread to normalise by: PyTorch refuses it
 * ("Expected more than 1 value per channel when training"), and here the running variance would shrink. Such a last batch is
 * left out.
 */
import type { Architecture } from '../models/meta';
import type { Trainable } from '../models/parts';
import { modelOf } from '../models/registry';

/** Pixels of a photo behind one of the last map. */
const STRIDE = 32;

export interface LastBatch {
  arch: Architecture;
  trainable: Trainable;
  /** Of an epoch's photos. */
  count: number;
  batchSize: number;
  /** px */
  size: number;
}

export function lastPhotoIsLone({ arch, trainable, count, batchSize, size }: LastBatch): boolean {
  const isAlone = batchSize > 1 && count > batchSize && count % batchSize === 1;
  return isAlone && size <= STRIDE && trainable.mode.trainsNorm(modelOf(arch).lastNorm);
}
