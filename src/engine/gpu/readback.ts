/** The one place where numbers come home from the GPU. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { studioBackend } from './backend';

/** A tensor's values. Waits for the GPU; the tensor may be disposed of as soon as this has been called. */
export function readFloats(tensor: TensorInfo): Promise<Float32Array<ArrayBuffer>> {
  return studioBackend().download(tensor);
}
