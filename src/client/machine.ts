/** The adapter in plain words. */
import type { AdapterReport } from '../engine/gpu/report';
import type { MachineBenchmark } from '../engine/base/records';
import { formatBytes, formatEstimate } from '../words/format';
import type { Machine, StudioState } from './state';

export type Health = 'good' | 'slow' | 'bad' | 'unknown';

export function machineName(machine: Machine): string {
  switch (machine.status) {
    case 'connecting':
      return 'Looking for the GPU …';
    case 'none':
      return machine.error.code === 'no-webgpu' ? 'No WebGPU' : 'No GPU';
    case 'ready':
      return adapterName(machine.report);
    default:
      return machine satisfies never;
  }
}

/** No WebGPU or no adapter: the page then says what to do. Any other failure is told as one. */
export function isIncapable(machine: Machine): machine is Extract<Machine, { status: 'none' }> {
  return machine.status === 'none' && ['no-webgpu', 'no-adapter'].includes(machine.error.code);
}

/** Browsers hide most of it; what they tell is often no more than "nvidia", "ampere". */
export function adapterName({ description, vendor, architecture }: AdapterReport): string {
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'Unnamed GPU';
}

export function machineHealth(machine: Machine): { health: Health; words: string } {
  switch (machine.status) {
    case 'connecting':
      return { health: 'unknown', words: 'Asking the browser for a WebGPU adapter.' };
    case 'none':
      return { health: 'bad', words: machine.error.message };
    case 'ready':
      return machine.report.software
        ? { health: 'slow', words: 'Software rendering on the CPU: correct but slow.' }
        : { health: 'good', words: 'A hardware GPU, ready.' };
    default:
      return machine satisfies never;
  }
}

/** What the adapter can do, as pairs of words. */
export function machineFacts(report: AdapterReport): readonly { name: string; value: string }[] {
  return [
    { name: 'Kind', value: report.software ? 'software, on the processor' : 'hardware GPU' },
    { name: 'Largest buffer', value: formatBytes(Math.min(report.maxBufferBytes, report.maxBindingBytes)) },
    { name: 'Half precision', value: report.features.includes('shader-f16') ? 'yes' : 'no' },
    { name: 'Subgroups', value: report.subgroupSize === null ? 'no' : `of ${report.subgroupSize}` },
  ];
}

/** A measurement in a sentence or two. */
export function benchmarkWords({
  imagesPerSecond,
  measured,
  loading,
  blogSeconds,
  loadingBound,
}: MachineBenchmark): string {
  const how =
    measured.size === 224
      ? `measured with ${measured.rows} photos at once`
      : `worked out from ${measured.rows} photos of ${measured.size} px, since larger ones take long here`;
  const loads = loading
    ? ` Loads ${perSecond(loading.photosPerSecond)} photos a second (${loading.from === 'sample' ? 'the sample’s' : 'the open ones'}).`
    : ' How fast photos load could not be measured.';
  const waits = loadingBound ? ', most of it waiting for photos' : '';
  return `Trains ResNet-50 at 224 px on ${perSecond(imagesPerSecond)} images a second (${how}).${loads} The full run would take ${formatEstimate(blogSeconds)}${waits}.`;
}

/** What the full run takes here, and what is chosen in its place; what is known of it so far. */
export function referenceWords({
  speed,
  measuring,
  quick,
}: Pick<StudioState, 'speed' | 'measuring'> & { quick: boolean }): string {
  const instead = quick ? ' The quick look is chosen, which takes minutes.' : '';
  if (!speed) return measuring ? `How long the full run takes is being measured …${instead}` : instead.trim();
  const waits = speed.loadingBound ? ', most of it waiting for photos' : '';
  return `The full run, ResNet-50 on 21,397 photos, takes ${formatEstimate(speed.blogSeconds)} here${waits}.${instead}`;
}

const perSecond = (rate: number): string => (rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2));
