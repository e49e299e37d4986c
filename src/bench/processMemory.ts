/** The resident memory of a browser's processes, from /proc: Linux alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';

export interface ProcessMemory {
  /** MiB, of the renderer process: the page with all its workers. */
  page: number;
  /** MiB, of the GPU process: buffers too, on a software adapter. */
  gpu: number;
}

interface BrowserProcess {
  type: string;
  id: number;
}

/**
 * `peak`: since the process began, or its peak was forgotten (VmHWM); `now`: at this moment (VmRSS). Null where there is no
 * /proc. A renderer is shared by nobody else here: the browser has one page.
 */
export async function processMemory(browser: Browser, when: 'peak' | 'now'): Promise<ProcessMemory | null> {
  return memoryOf(await processesOf(browser), when);
}

/** @param processes as `SystemInfo.getProcessInfo` lists them. */
export function memoryOf(processes: readonly BrowserProcess[], when: 'peak' | 'now'): ProcessMemory | null {
  const most = (type: string) =>
    Math.max(0, ...processes.filter((info) => info.type === type).map(({ id }) => residentMebibytes(id, when)));
  try {
    return { page: most('renderer'), gpu: most('GPU') };
  } catch {
    return null;
  }
}

/** At its largest, against before: MB. Null where there is no /proc. */
export function growth(before: ProcessMemory | null, peak: ProcessMemory | null): number | null {
  return before && peak && Math.round((peak.page - before.page) * 1.048576);
}

export async function forgetPeak(browser: Browser): Promise<void> {
  forgetPeakOf(await processesOf(browser));
}

/** From now on a peak is what comes after, where the system can forget the one before. */
export function forgetPeakOf(processes: readonly BrowserProcess[]): void {
  for (const { id } of processes) {
    try {
      writeFileSync(`/proc/${id}/clear_refs`, '5');
    } catch {
      // The peak then is that of all that was measured.
    }
  }
}

async function processesOf(browser: Browser): Promise<BrowserProcess[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo;
}

function residentMebibytes(pid: number, when: 'peak' | 'now'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const line = new RegExp(`^${when === 'peak' ? 'VmHWM' : 'VmRSS'}:\\s+(\\d+) kB`, 'm').exec(status);
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}
