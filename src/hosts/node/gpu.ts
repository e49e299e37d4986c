/**
 * A WebGPU device in Node for tests and benches: Dawn (npm package `webgpu`) on the machine's GPU, or without one on
 * Chromium's SwiftShader where nothing else is asked for.
 */
import { existsSync } from 'node:fs';
import { usesSoftwareGpu } from '../../cli/browser.mjs';
import type { StudioBackend } from '../../engine/gpu/backend';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

let installed: Promise<StudioBackend> | undefined;

/** TensorFlow.js on a Node GPU; the same one for every test of a process. */
export function nodeBackend(): Promise<StudioBackend> {
  installed ??= install();
  return installed;
}

async function install(): Promise<StudioBackend> {
  if (!process.env['VK_ICD_FILENAMES'] && usesSoftwareGpu() && existsSync(SWIFTSHADER)) {
    process.env['VK_ICD_FILENAMES'] = SWIFTSHADER;
  }
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const webgpu = create([]);
  // The backend asks `navigator.gpu` whether there is WebGPU when it is imported, so it comes after this.
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: webgpu, userAgent: 'node' }, configurable: true });
  const { openGpu } = await import('../../engine/gpu/device');
  const { installBackend } = await import('../../engine/gpu/backend');
  const backend = await installBackend(await openGpu(webgpu));
  return backend;
}
