/** The ways in, each asking first if trained results would be lost. */
import { useCallback, useMemo } from 'react';
import type { DatasetSettings } from '../engine/dataset/settings';
import type { Addition } from '../protocol/messages';
import { fromFileList } from '../client/intake';
import { isKept, lostWithPhotos } from '../client/selectors';
import { isBusy } from '../client/state';
import { useConfirm } from './Confirm';
import { shown, useStudio } from './StudioContext';

/** Chromium's directory picker, missing from TypeScript's own types. */
type DirectoryPicker = () => Promise<FileSystemDirectoryHandle>;

export function directoryPicker(): DirectoryPicker | null {
  const { showDirectoryPicker } = globalThis as { showDirectoryPicker?: DirectoryPicker };
  return showDirectoryPicker?.bind(globalThis) ?? null;
}

export interface OpenPhotos {
  /** With `add` the photos join the open ones. */
  choose: (add?: Addition) => void;
  /** Single photos, tables, archives. */
  chooseFiles: () => void;
  files: (files: readonly File[], add?: Addition) => void;
  drop: (transfer: DataTransfer) => void;
  sample: () => void;
  /** The open folder anew, as a person has decided. */
  understand: (settings: DatasetSettings) => void;
  /** False where a person would rather keep what was trained. */
  mayReplace: () => Promise<boolean>;
}

export const FOLDER_INPUT_ID = 'folder-input';
export const FILES_INPUT_ID = 'files-input';

export function useOpenPhotos(): OpenPhotos {
  const studio = useStudio();
  const confirm = useConfirm();

  /** `other`: photos of another project. */
  const mayReplace = useCallback(
    async (other: boolean) => {
      const state = studio.store.getState();
      // While a step runs the studio refuses by itself; what is kept stays, and can be opened again.
      const { results, weights } = lostWithPhotos(state);
      if (isBusy(state) || !(results || weights) || (other && isKept(state))) return true;
      return confirm({
        title: 'Open something else?',
        body: weights
          ? 'Charts and trained weights that you have not downloaded are replaced.'
          : 'Charts and results that you have not downloaded are replaced. The opened weights stay.',
        action: 'Open',
      });
    },
    [studio, confirm],
  );

  return useMemo(() => {
    const whenAllowed = async (other: boolean, open: () => Promise<void>) => {
      if (await mayReplace(other)) await open();
    };
    return {
      choose: (add) => {
        const pick = directoryPicker();
        if (!pick) {
          document.getElementById(FOLDER_INPUT_ID)?.click();
          return;
        }
        // A picker that was closed rejects: nothing was asked for, nothing is to be told.
        void pick().then(
          (handle) => shown(whenAllowed(!add, () => studio.openDirectory(handle, add))),
          () => undefined,
        );
      },
      chooseFiles: () => document.getElementById(FILES_INPUT_ID)?.click(),
      files: (files, add) => {
        const photos = fromFileList(files).kind === 'files';
        shown(whenAllowed(photos && !add, () => studio.openFiles(files, add)));
      },
      drop: (transfer) => shown(studio.openDrop(transfer, mayReplace)),
      sample: () => shown(whenAllowed(true, () => studio.openSample())),
      understand: (settings) => shown(whenAllowed(false, () => studio.understand(settings))),
      mayReplace: () => mayReplace(false),
    };
  }, [studio, mayReplace]);
}
