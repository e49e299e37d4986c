/** The whole page takes drops at any time, and where photos are tried, to try them; the inputs for folders, in browsers without a directory picker, and for files wait here, too. */
import { Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconFolderDown } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { takesTrials } from '../../client/tried';
import { FILES_INPUT_ID, FOLDER_INPUT_ID, useOpenPhotos } from '../useOpenPhotos';
import { shown, useStudio, useStudioState } from '../StudioContext';
import css from './shell.module.css';

export function DropTarget() {
  const open = useOpenPhotos();
  const studio = useStudio();
  const tries = useStudioState(takesTrials);
  const wanted = useStudioState((s) => s.wanted?.name);
  const drop = useCallback(
    (transfer: DataTransfer) => (tries ? shown(studio.tryDrop(transfer)) : open.drop(transfer)),
    [tries, studio, open],
  );
  const over = useFileDrop(drop);
  return (
    <>
      <VisuallyHidden>
        <FileInput id={FOLDER_INPUT_ID} label="Folder of photos" folder onFiles={open.files} />
        <FileInput id={FILES_INPUT_ID} label="Archive, or files of photos" onFiles={open.files} />
      </VisuallyHidden>
      {over && (
        <div className={css['overlay']} data-testid="drop-overlay">
          <Stack align="center" gap="xs">
            <IconFolderDown size={48} stroke={1.5} aria-hidden />
            <Text size="xl" fw={600}>
              {tries
                ? 'Drop photos or a folder to try the network on them, or results of train.py'
                : wanted === undefined
                  ? 'Drop a folder of photos, a .zip of one, or a file of weights'
                  : `Drop the folder of ${wanted}`}
            </Text>
          </Stack>
        </div>
      )}
    </>
  );
}

interface FileInputProps {
  id: string;
  label: string;
  folder?: boolean;
  onFiles: (files: readonly File[]) => void;
}

function FileInput({ id, label, folder = false, onFiles }: FileInputProps) {
  return (
    <input
      id={id}
      type="file"
      multiple
      ref={(input) => {
        if (folder) input?.setAttribute('webkitdirectory', '');
      }}
      tabIndex={-1}
      aria-label={label}
      data-testid={id}
      onChange={(event) => {
        // A copy: the empty value, which lets the same files be chosen again, empties the input's own list.
        const files = [...(event.currentTarget.files ?? [])];
        event.currentTarget.value = '';
        if (files.length > 0) onFiles(files);
      }}
    />
  );
}

/** True while files hover over the window. */
function useFileDrop(onDrop: (transfer: DataTransfer) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDropped = (event: DragEvent) => {
      setOver(false);
      if (!event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      onDrop(event.dataTransfer);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDropped);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDropped);
    };
  }, [onDrop]);
  return over;
}
