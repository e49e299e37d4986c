/** Photos that nobody has labelled, through the chosen weights: dropped, pasted, chosen or taken. */
import { Button, Checkbox, FileButton, Progress, Text, Title } from '@mantine/core';
import { IconFolder, IconPhoto, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { isBusy } from '../../client/state';
import { tryingWords } from '../../client/tried';
import { keepUnits } from '../../words/format';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { CameraButton } from './CameraButton';
import { Tried } from './Tried';
import { TrySizes } from './TrySizes';
import css from './try.module.css';

export function TryPanel() {
  const studio = useStudio();
  const trying = useStudioState((s) => s.trying);
  const tried = useStudioState((s) => s.tried);
  const busy = useStudioState(isBusy);
  const ready = useStudioState((s) => s.machine.status === 'ready');
  const withPhotos = useStudioState((s) => s.dataset !== null);
  const unlike = useStudioState((s) => s.tryUnlike);
  const disabled = busy || !ready;
  const tryFiles = (files: readonly File[]) => {
    if (files.length > 0) shown(studio.tryFiles(files));
  };
  usePaste(tryFiles);
  return (
    <section
      className={`card ${css['panel']}`}
      aria-labelledby="try-title"
      data-testid="try"
      aria-busy={trying !== null}
    >
      <div className={css['head']}>
        <Title order={3} size="h6" id="try-title">
          Try a photo
        </Title>
        <div className={css['tools']}>
          <FileButton multiple accept="image/*" onChange={tryFiles} inputProps={FILES_INPUT}>
            {(props) => (
              <Button
                {...props}
                size="compact-sm"
                variant="default"
                disabled={disabled}
                leftSection={<IconPhoto size={15} />}
              >
                Photos…
              </Button>
            )}
          </FileButton>
          <FolderButton disabled={disabled} onFiles={tryFiles} />
          <CameraButton disabled={disabled} onPhoto={(photo) => tryFiles([photo])} />
        </div>
      </div>
      {trying && (
        <div className={css['working']}>
          <Progress
            value={trying.of > 0 ? (100 * trying.done) / trying.of : 0}
            aria-label="Progress of the trial"
            transitionDuration={0}
            flex={1}
          />
          <Text size="sm" className="figures" data-testid="trying">
            {keepUnits(tryingWords(trying))}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlayerStop size={14} />}
            onClick={() => shown(studio.stopTrying())}
            data-testid="stop-trying"
          >
            Stop
          </Button>
        </div>
      )}
      {tried ? (
        <Tried predicted={tried} />
      ) : (
        <Text c="dimmed" className={css['hint']}>
          Drop photos or a folder here, paste one, or choose some. They need no labels, and none leaves this computer.
        </Text>
      )}
      <TrySizes disabled={busy} />
      {withPhotos && (
        <Checkbox
          size="xs"
          checked={unlike}
          disabled={busy}
          onChange={(event) => studio.chooseUnlike(event.currentTarget.checked)}
          label="Measure the open photos first, and tell which photos are unlike those trained on"
          data-testid="try-unlike"
        />
      )}
    </section>
  );
}

const FILES_INPUT = { 'data-testid': 'try-files', 'aria-label': 'Photos to try', tabIndex: -1 } as object;

function FolderButton({ disabled, onFiles }: { disabled: boolean; onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={(element) => {
          input.current = element;
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        aria-label="Folder of photos to try"
        data-testid="try-folder"
        onChange={(event) => {
          // A copy: the empty value, which lets the same folder be chosen again, empties the input's own list.
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          onFiles(files);
        }}
      />
      <Button
        size="compact-sm"
        variant="default"
        disabled={disabled}
        leftSection={<IconFolder size={15} />}
        onClick={() => input.current?.click()}
      >
        Folder…
      </Button>
    </>
  );
}

/** Photos from the clipboard, while this is in sight. */
function usePaste(onFiles: (files: readonly File[]) => void): void {
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  });
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      latest.current(files);
    };
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  }, []);
}
