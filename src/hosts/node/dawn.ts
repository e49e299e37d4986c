/** Dawn in Node (npm package `webgpu`), as `navigator.gpu`, with the studio's backend on it. */
import type { StudioBackend } from '../../engine/gpu/backend';

/**
 * What a browser has as `navigator.gpu`. TensorFlow.js's backend asks for it when it is imported, so whatever imports that
 * comes after this.
 * @param flags Of Dawn's, such as `backend=null`.
 */
export async function openWebGpu(flags: string[]): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const webgpu = create(flags);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: webgpu, userAgent: 'node' }, configurable: true });
  return webgpu;
}

export async function openDawn(flags: string[]): Promise<StudioBackend> {
  const webgpu = await openWebGpu(flags);
  const { openGpu } = await import('../../engine/gpu/device');
  const { installBackend } = await import('../../engine/gpu/backend');
  return installBackend(await openGpu(webgpu));
}
