/** The last check of this machine's GPU, kept for later visits, and what it says. */
import type { GpuCheck } from '../engine/base/records';
import type { AdapterReport } from '../engine/gpu/report';
import { formatDuration } from '../words/format';
import { machineKey } from './machineSpeed';

const KEY = 'fixres-studio.check';

/** As it was kept; null for another machine, or where it cannot be read. */
export function loadCheck(report: AdapterReport): GpuCheck | null {
  try {
    const { key, check } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as { key?: string; check?: GpuCheck };
    return key === machineKey(report) && check && Array.isArray(check.ways) ? check : null;
  } catch {
    return null;
  }
}

export function saveCheck(report: AdapterReport, check: GpuCheck): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ key: machineKey(report), check }));
  } catch {
    // Storage is full or blocked: it holds for this visit.
  }
}

/** A check in a sentence or two. */
export function checkWords({ at, arch, batch, size, tensors, ways, agrees, seconds }: GpuCheck): string {
  const worst = ways.reduce((far, one) => (one.gradient.error > far.gradient.error ? one : far));
  const loss = Math.max(...ways.map((one) => one.loss));
  const what = `a ${arch} step of ${batch} photos at ${size} px, ${ways.length} ways to convolve`;
  const off = `the loss is off by ${percent(loss)}, of ${tensors} gradients the farthest, ${worst.gradient.key}, by ${percent(worst.gradient.error)}`;
  const day = at.slice(0, 10);
  return agrees
    ? `Computes as stock TensorFlow.js does (${what}): ${off}, as the order of additions explains. Checked ${day} in ${formatDuration(seconds)}.`
    : `Does not compute as stock TensorFlow.js does (${what}): with ${worst.name} ${off}. Results of this GPU cannot be trusted: update the graphics driver, and check again. Checked ${day}.`;
}

const percent = (share: number): string =>
  Number.isFinite(share) ? `${(share * 100).toPrecision(2)} %` : 'everything';
