/** What a page's own thread worked, task by task, however busy the machine is: Chromium's trace of tasks. */
import type { StudioPage } from '../cli/studioPage';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds on a processor. */
  tdur?: number;
  args?: { name?: unknown };
}

/** From now on, until `taskTimes`. */
export async function traceTasks({ browser, page }: StudioPage): Promise<void> {
  await browser.startTracing(page, { categories: ['toplevel'] });
}

/** ms of processor time of each task of the page's thread since `traceTasks`. */
export async function taskTimes({ browser }: StudioPage): Promise<number[]> {
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isPage = ({ name, args }: TraceEvent) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const threads = new Set(traceEvents.filter(isPage).map(threadOf));
  return traceEvents
    .filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && threads.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
}
