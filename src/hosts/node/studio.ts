/** A studio in Node: a session on Dawn, and its events folded into what there is to show. */
import type { DatasetSummary } from '../../engine/dataset/types';
import { RUNS } from '../../engine/experiments/meta';
import type { Progress, StudioEvent } from '../../protocol/messages';
import { NO_COPIES, type SplitCopies } from '../../protocol/photos';
import type { WeightsInfo } from '../../protocol/weights';
import { NO_QUEUE, type RunQueue, type SeedStudy } from '../../protocol/queue';
import { endRun, reduceRun, type Results, type RunResult } from '../../protocol/results';
import type { Session } from '../../session/session';
import { nodeHost } from './host';
import { nodeWebGpu } from './gpu';

/** What a session has said, folded. */
export interface Told {
  dataset: DatasetSummary | null;
  results: Results;
  progress: Progress | null;
  weights: WeightsInfo | null;
  warnings: readonly string[];
  splitCopies: SplitCopies;
  queue: RunQueue;
  seeds: SeedStudy | null;
  /** The last attempt to save; null before one. */
  saved: Extract<StudioEvent, { kind: 'saved' }> | null;
}

export interface NodeStudio {
  session: Session;
  /** The latest. */
  told: () => Told;
}

/** @param folder For what is kept between sessions. */
export async function openNodeStudio(folder: string): Promise<NodeStudio> {
  const webgpu = await nodeWebGpu();
  const { Session } = await import('../../session/session');
  let told: Told = {
    dataset: null,
    results: {},
    progress: null,
    weights: null,
    warnings: [],
    splitCopies: NO_COPIES,
    queue: NO_QUEUE,
    seeds: null,
    saved: null,
  };
  const session = new Session(nodeHost(webgpu, folder), (event) => {
    told = fold(told, event);
  });
  return { session, told: () => told };
}

function fold(told: Told, event: StudioEvent): Told {
  switch (event.kind) {
    case 'dataset':
      return {
        ...told,
        dataset: event.summary,
        results: {},
        warnings: [],
        splitCopies: NO_COPIES,
        queue: NO_QUEUE,
        seeds: null,
      };
    case 'runStarted':
      return { ...told, progress: null, results: { ...told.results, [event.result.run]: event.result } };
    case 'progress':
      return { ...told, progress: event.progress };
    case 'records':
      return withRun(told, event.id, (result) => reduceRun(result, event.records));
    case 'runEnded':
      return { ...withRun(told, event.id, (result) => endRun(result, event)), progress: null };
    case 'weights':
      return { ...told, weights: event.info };
    case 'splitCopies':
      return { ...told, splitCopies: event.copies };
    case 'warning':
      return { ...told, warnings: [...told.warnings, event.message] };
    case 'restored':
      return { ...told, results: event.results };
    case 'queue':
      return { ...told, queue: event.queue, seeds: event.seeds };
    case 'saved':
      return { ...told, saved: event };
    case 'project':
    case 'listing':
    case 'orientations':
    case 'runState':
    case 'trying':
    case 'checking':
    case 'mapping':
    case 'fetching':
    case 'deviceLost':
    case 'gpuAwaited':
      return told;
    default:
      return event satisfies never;
  }
}

function withRun(told: Told, id: string, change: (result: RunResult) => RunResult): Told {
  const run = RUNS.find((one) => told.results[one]?.id === id);
  return run ? { ...told, results: { ...told.results, [run]: change(told.results[run]!) } } : told;
}
