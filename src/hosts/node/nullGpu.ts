/**
 * A GPU that takes every command and computes nothing: Dawn's null backend. Memory, limits, dispatches and the order of
 * things are as on a device, numbers are garbage; it needs no driver and no time, so its tests run with those of no GPU.
 */
import type { StudioBackend } from '../../engine/gpu/backend';
import { openDawn, openWebGpu } from './dawn';

/** `navigator.gpu` without the backend, for a session, which opens a device itself. */
export const nullWebGpu = (): Promise<GPU> => openWebGpu(['backend=null']);

let installed: Promise<StudioBackend> | undefined;

/** The studio's backend; the same one for every test of a process. */
export function nullBackend(): Promise<StudioBackend> {
  installed ??= openDawn(['backend=null']);
  return installed;
}
