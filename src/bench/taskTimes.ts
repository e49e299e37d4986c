/** How long a page's own thread was at each task, by the clock and by its processor: Chromium's trace of tasks. */
import type { Page } from 'puppeteer-core';

export interface TaskTime {
  /** By the clock. */
  ms: number;
  /** Of the thread's own work: what other programs on the machine do not lengthen. */
  processorMs: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds by the clock, and on a processor. */
  dur?: number;
  tdur?: number;
  args?: { name?: unknown };
}

/** The tasks of the page's thread while `act` goes on. */
export async function tasksDuring(page: Page, act: () => Promise<unknown>): Promise<TaskTime[]> {
  await page.tracing.start({ categories: ['toplevel'] });
  await act();
  const trace = await page.tracing.stop();
  const { traceEvents } = JSON.parse(Buffer.from(trace ?? []).toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isPage = ({ name, args }: TraceEvent) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const threads = new Set(traceEvents.filter(isPage).map(threadOf));
  return traceEvents
    .filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && threads.has(threadOf(event)))
    .map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, processorMs: tdur / 1000 }));
}
