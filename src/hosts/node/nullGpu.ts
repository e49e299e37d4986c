/**
 * A GPU that takes every command and computes nothing: Dawn's null backend. Memory, limits, dispatches and the order of
 * things are as on a device, all numbers are zero; it needs no driver and no time, so its tests run with those of no GPU.
 */
import type { StudioBackend } from '../../engine/gpu/backend';
import { openDawn, openWebGpu } from './dawn';

const FLAGS = ['backend=null'];

/** `navigator.gpu` without the backend, for a session, which opens a device itself. */
export async function nullWebGpu(): Promise<GPU> {
  const webgpu = await openWebGpu(FLAGS);
  readZeros();
  return webgpu;
}

let installed: Promise<StudioBackend> | undefined;

/** The studio's backend; the same one for every test of a process. */
export function nullBackend(): Promise<StudioBackend> {
  installed ??= openDawn(FLAGS).then((backend) => {
    readZeros();
    return backend;
  });
  return installed;
}

/** In place of whatever memory happens to hold, which may be no number and end a run. */
function readZeros(): void {
  const mapped = Object.getOwnPropertyDescriptor(GPUBuffer.prototype, 'getMappedRange')!
    .value as GPUBuffer['getMappedRange'];
  GPUBuffer.prototype.getMappedRange = function zeroed(...where) {
    const range = mapped.apply(this, where);
    new Uint8Array(range).fill(0);
    return range;
  };
}
