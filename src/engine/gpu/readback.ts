/** The one place where numbers come home from the GPU. */
import type { GpuTensor } from './recorder';

/** A device that tensors lie on. */
export interface Readable {
  download(tensor: GpuTensor): Promise<Float32Array<ArrayBuffer>>;
}

/** A tensor's values. Waits for the GPU; the tensor may be released as soon as this has been called. */
export function readFloats(device: Readable, tensor: GpuTensor): Promise<Float32Array<ArrayBuffer>> {
  return device.download(tensor);
}

/** As `readFloats`, for int32 tensors that hold unsigned words. */
export async function readWords(device: Readable, tensor: GpuTensor): Promise<Uint32Array<ArrayBuffer>> {
  return new Uint32Array((await device.download(tensor)).buffer);
}
