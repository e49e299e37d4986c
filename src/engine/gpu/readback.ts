/** The one place where numbers come home from the GPU. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor's values. Waits for the GPU; the tensor may be disposed of as soon as this has been called. */
export async function readFloats(tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await tensor.data<'float32'>());
}
