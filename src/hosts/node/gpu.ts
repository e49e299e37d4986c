/**
 * A WebGPU device in Node for tests and benches: Dawn on the machine's GPU, or without one on Chromium's SwiftShader where
 * nothing else is asked for.
 */
import { existsSync } from 'node:fs';
import { SLOW_ON_SWIFTSHADER, usesSoftwareGpu } from '../../cli/browser.mjs';
import type { StudioBackend } from '../../engine/gpu/backend';
import { openDawn, openWebGpu } from './dawn';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

let installed: Promise<StudioBackend> | undefined;

/** TensorFlow.js on a Node GPU; the same one for every test of a process. */
export function nodeBackend(): Promise<StudioBackend> {
  installed ??= install();
  return installed;
}

function install(): Promise<StudioBackend> {
  return openDawn(chooseDriver());
}

/** `navigator.gpu` without the backend, for a session, which opens a device itself. */
export function nodeWebGpu(): Promise<GPU> {
  return openWebGpu(chooseDriver());
}

/** @returns Dawn's flags with it. */
function chooseDriver(): string[] {
  if (!usesSoftwareGpu()) return [];
  lookSeldom();
  if (!process.env['VK_ICD_FILENAMES'] && existsSync(SWIFTSHADER)) process.env['VK_ICD_FILENAMES'] = SWIFTSHADER;
  return [`disable-dawn-features=${SLOW_ON_SWIFTSHADER}`];
}

let looksSeldom = false;

/**
 * Dawn looks for what has ended in every turn of the event loop, by a native function given to `setImmediate`: that keeps a core
 * busy for as long as it waits, which a processor that plays the GPU lacks. It is let look once a millisecond.
 */
function lookSeldom(): void {
  if (looksSeldom) return;
  looksSeldom = true;
  globalThis.setImmediate = new Proxy(globalThis.setImmediate, {
    apply(inTurn, _, [act, ...given]: Parameters<typeof setImmediate>) {
      const isNative = Function.prototype.toString.call(act).includes('[native code]');
      return isNative ? setTimeout(act, 1, ...given) : inTurn(act, ...given);
    },
  });
}
