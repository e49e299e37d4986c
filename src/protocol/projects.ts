/** Projects that a host keeps, as they are listed. */
import type { Score } from '../engine/base/records';
import type { RunId, StepId, StudioConfig } from '../engine/experiments/meta';

/** What was deleted can be had back for so long. */
export const UNDO_MS = 30_000;

/** A run that has not ended. */
export interface UnfinishedRun {
  run: RunId;
  config: StudioConfig;
  /** That its training was in when it was saved last; 0 where none had begun. */
  epoch: number;
  /** Trainings before that, of a run of several. */
  trained: number;
  /** It goes on with what it had measured, and does not begin again. */
  measured: boolean;
}

/** What a project is made of. */
export interface ProjectContents {
  /** How its photos were opened. */
  place: 'folder' | 'sample' | 'files';
  /** ISO date and time. */
  savedAt: string;
  /** Runs that have ended, in their order. */
  ended: readonly RunId[];
  running: UnfinishedRun | null;
  /** Runs that were queued behind it. */
  queued: number;
  /** On its validation photos; missing where that was not measured. */
  scores: Readonly<Partial<Record<StepId, Pick<Score, 'accuracy' | 'count'>>>>;
}

export interface KeptProject {
  id: string;
  /** Its photos' own, unless a person has given it another. */
  name: string;
  /** Null where it cannot be opened: its index or its list of photos is not whole. */
  contents: ProjectContents | null;
  /** What was found broken, by file; of the index, or of what else was read. */
  damages: readonly string[];
  /** That it takes on the disk. */
  bytes: number;
  /** Who works on it, if anybody does: this session, with its photos changed after it was kept (`changed`) or not; or another. */
  openIn: 'here' | 'changed' | 'elsewhere' | null;
  /** It is deleted, and can be had back until it is listed `UNDO_MS` later. */
  deleted: boolean;
}

/** A kept project that can be opened. */
export type LeftProject = Pick<KeptProject, 'id' | 'name' | 'damages' | 'bytes'> & ProjectContents;

/** Of those listed the one used last that can be opened; null where there is none. */
export function lastLeft(projects: readonly KeptProject[]): LeftProject | null {
  const last = projects.find(({ contents, openIn, deleted }) => contents && openIn === null && !deleted);
  if (!last?.contents) return null;
  const { id, name, damages, bytes, contents } = last;
  return { id, name, damages, bytes, ...contents };
}

/** What a project can be without and be opened: weights by their slot, and what they predicted for each photo. */
export const LOSABLE = ['imported', 'baseline', 'finetune', 'evaluations'] as const;
export type LosablePart = (typeof LOSABLE)[number];

/** The project that a session works on. */
export type OpenProject = Pick<KeptProject, 'id' | 'name'>;

export interface ProjectCommands {
  /** Those that are kept, the one used last first. */
  projects: { ask: object; reply: readonly KeptProject[] };
  /** Can be undone for a while. Refused for a project that somebody works on. */
  deleteProject: { ask: { id: string }; reply: object };
  /** It is not deleted after all, if it was not yet. */
  keepAgain: { ask: { id: string }; reply: object };
  /** What is still whole of a project that cannot be opened, as an archive; `found`: the files in it. */
  salvage: { ask: { id: string }; reply: { blob: Blob; found: readonly string[] } };
  /** With an empty name it is called as its photos are. */
  renameProject: { ask: { id: string; name: string }; reply: object };
}
