/** Where a host keeps one project alone, which every new one takes the place of. */
import type { FolderView, ProjectFolders, SlotFolder } from './slotFile';

const ID = 'only';

export interface OnlyFolder {
  look(): Promise<FolderView>;
  open(): Promise<SlotFolder>;
  remove(): Promise<void>;
  /** Another session works on it. */
  inUse(): Promise<boolean>;
}

export const onlyProject = (folder: OnlyFolder): ProjectFolders => ({
  ids: () => Promise.resolve([ID]),
  newId: () => ID,
  openElsewhere: async () => new Set((await folder.inUse()) ? [ID] : []),
  look: () => folder.look(),
  open: () => folder.open(),
  remove: () => folder.remove(),
});
