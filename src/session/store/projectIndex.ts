/** What stands first in a project on disk: the index, which names all else by its sequence, and the label beside it. */
import type { DatasetSettings } from '../../engine/dataset/settings';
import type { RunId } from '../../engine/experiments/meta';
import type { QueuedRun, SeedStudy } from '../../protocol/queue';
import type { Results, RunResult } from '../../protocol/results';
import { readPlain } from './plainFile';
import type { SlotPair, SlotReading } from './slotPair';

/** Changes with the meaning of what is kept. */
export const PROJECT_VERSION = 1;

export const SLOTS = ['imported', 'baseline', 'finetune'] as const;
export type KeptSlot = (typeof SLOTS)[number];

/** What a project comes to, besides weights. Plain data. */
export interface ProjectState {
  /** ISO date and time. */
  savedAt: string;
  data: { name: string; place: 'folder' | 'sample' | 'files'; settings: DatasetSettings; heldOut: number };
  results: Results;
  /** Runs that have ended since the photos were opened, in their order. */
  ended: readonly RunId[];
  /** That is going on: as it began. */
  running: RunResult | null;
  /** Missing from projects of earlier versions. */
  queue?: readonly QueuedRun[];
  seeds?: SeedStudy | null;
}

/** What a person has decided about a project as a whole. It stands beside the index, whole where that is not. */
export interface ProjectLabel {
  /** Instead of its photos' own. */
  name?: string;
  /** ISO date and time: it is deleted, and can be had back for a while. */
  deletedAt?: string;
}

/** How far a run was, without reading its state. */
export interface RunInfo {
  /** Of the training that was going on; 0 where none had begun. */
  epoch: number;
  /** Trainings before it. */
  trained: number;
  /** It goes on with what it has said. */
  measured: boolean;
}

export interface Index {
  version: number;
  state: ProjectState;
  sequences: Readonly<Record<'manifest' | 'evaluations' | KeptSlot, number | null>>;
}

export type Part = keyof Index['sequences'];
export const PARTS = ['manifest', 'evaluations', ...SLOTS] as const satisfies readonly Part[];
export const PAIRS = [...PARTS, 'project', 'run', 'kept', 'label'] as const;

/** Null where there is none that is whole and of this version. */
export function indexIn(pair: SlotPair): Index | null {
  const index = plainOf(pair.read()) as Index | null;
  return index?.version === PROJECT_VERSION ? index : null;
}

export function labelIn(pair: SlotPair): ProjectLabel {
  const { name, deletedAt } = pair.read()?.info ?? {};
  return { ...(typeof name === 'string' && { name }), ...(typeof deletedAt === 'string' && { deletedAt }) };
}

/** What stands beside the newest state of that run. */
export function runInfoIn(pair: SlotPair, id: string): RunInfo | null {
  const info = pair.newest((one) => one.info['id'] === id);
  return (
    info && { epoch: Number(info['epoch']), trained: Number(info['trained']), measured: info['measured'] === true }
  );
}

/** What cannot be read was written by another version, and is not there for this one. */
export function plainOf(reading: SlotReading | null): unknown {
  if (!reading) return null;
  try {
    return readPlain(reading.payload);
  } catch {
    return null;
  }
}
