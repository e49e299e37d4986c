/** The one place where numbers come home from the GPU. */
import { studioBackend } from './backend';
import type { GpuTensor } from './recorder';

/** A tensor's values. Waits for the GPU; the tensor may be released as soon as this has been called. */
export function readFloats(tensor: GpuTensor): Promise<Float32Array<ArrayBuffer>> {
  return studioBackend().download(tensor);
}

/** As `readFloats`, for int32 tensors that hold unsigned words. */
export async function readWords(tensor: GpuTensor): Promise<Uint32Array<ArrayBuffer>> {
  return new Uint32Array((await studioBackend().download(tensor)).buffer);
}
