/** Dawn in Node (npm package `webgpu`), as `navigator.gpu`, with the studio's backend on it. */
import type { StudioBackend } from '../../engine/gpu/backend';

/** @param flags Of Dawn's, such as `backend=null`. */
export async function openDawn(flags: string[]): Promise<StudioBackend> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const webgpu = create(flags);
  // The backend asks `navigator.gpu` whether there is WebGPU when it is imported, so it comes after this.
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: webgpu, userAgent: 'node' }, configurable: true });
  const { openGpu } = await import('../../engine/gpu/device');
  const { installBackend } = await import('../../engine/gpu/backend');
  return installBackend(await openGpu(webgpu));
}
