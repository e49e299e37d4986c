/** Sessions that keep their project in a folder in memory, and what is read of them. */
import type { RunRecord } from '../engine/base/records';
import type { StudioConfig } from '../engine/experiments/meta';
import { nullWebGpu } from '../hosts/node/nullGpu';
import type { StudioEvent } from '../protocol/messages';
import { onlyProject } from '../session/store/onlyProject';
import { EventLog, testHost } from './host';
import type { MemoryFolder } from './memoryFolder';
import { TINY } from './tiny';

const webgpu = await nullWebGpu();
const { Session } = await import('../session/session');

export const config: StudioConfig = { ...TINY, epochs: 4, sweepMode: 'sizes', sweepSizes: [32, 48] };

/** On a GPU that computes nothing. */
export const newSession = (changes: Parameters<typeof testHost>[1], emit: (event: StudioEvent) => void) =>
  new Session(testHost(webgpu, changes), emit);
/** Whose one project is kept in the folder. `about`: by what it runs. */
export const openOn = (folder: MemoryFolder, about?: string) => {
  const log = new EventLog();
  const projects = onlyProject(folder.asOnly);
  return { session: newSession({ projects, ...(about !== undefined && { about }) }, log.emit), log };
};
export const tells = (what: RunRecord['kind']) => (event: StudioEvent) =>
  event.kind === 'records' && event.records.some(({ kind }) => kind === what);
export const stepsIn = (events: readonly StudioEvent[]) =>
  events
    .flatMap((event) => (event.kind === 'records' ? event.records : []))
    .flatMap((record) => (record.kind === 'step' ? [record.record.globalStep] : []));

export interface Metrics {
  runs: Record<string, { id: string; ended: string; epochs: { epoch: number }[]; points?: { size: number }[] }>;
  weights: { history: { name: string }[] } | null;
}
export async function metricsOf(session: ReturnType<typeof newSession>): Promise<Metrics> {
  return JSON.parse(await (await session.exportFile({ what: 'metrics' })).blob.text()) as Metrics;
}
