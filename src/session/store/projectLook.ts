/** A project on disk as it stands, to be listed: whoever works on it, nothing of it is changed, and no weights are read. */
import type { Manifest } from '../manifest';
import {
  indexIn,
  labelIn,
  plainOf,
  type ProjectLabel,
  type ProjectState,
  type RunInfo,
  runInfoIn,
} from './projectIndex';
import type { FolderView } from './slotFile';
import { HEADER_BYTES } from './slots';
import { SlotPair } from './slotPair';

export interface ProjectLook {
  /** Nothing was ever written to it, but for its label. */
  empty: boolean;
  /** Null where there is none that is whole. */
  state: ProjectState | null;
  /** Of which photos it was made; null where that cannot be read. */
  manifest: Manifest | null;
  label: ProjectLabel;
  /** Of the run that has not ended; null where it was not saved yet. */
  running: RunInfo | null;
  /** What was found broken, by file. */
  damages: readonly string[];
  /** On the disk. */
  bytes: number;
}

/** Where the host cannot read it. */
export const unreadable = (error: unknown): ProjectLook => ({
  empty: false,
  state: null,
  manifest: null,
  label: {},
  running: null,
  damages: [String(error)],
  bytes: 0,
});

export async function lookAt(view: FolderView): Promise<ProjectLook> {
  const [project, photos] = [await SlotPair.look(view, 'project'), await SlotPair.look(view, 'manifest')];
  const newest = project.read();
  const bytes = await view.bytes();
  // Weights or photos without an index are something.
  const empty = !newest && project.damages.length === 0 && bytes <= 2 * HEADER_BYTES;
  const index = indexIn(project);
  const wanted = index?.sequences.manifest;
  const manifest = plainOf(photos.read(({ sequence }) => !index || sequence === wanted)) as Manifest | null;
  const others = [
    newest && !index ? 'project: of another version' : '',
    !newest && !empty && project.damages.length === 0 ? 'project: missing' : '',
    index && !manifest && photos.damages.length === 0 ? 'manifest: missing' : '',
  ];
  const state = index?.state ?? null;
  const run = await SlotPair.look(view, 'run', HEADER_BYTES);
  return {
    empty,
    state,
    manifest,
    label: labelIn(await SlotPair.look(view, 'label')),
    running: state?.running ? runInfoIn(run, state.running.id) : null,
    damages: [...new Set([...project.damages, ...photos.damages, ...others.filter(Boolean)])],
    bytes,
  };
}
