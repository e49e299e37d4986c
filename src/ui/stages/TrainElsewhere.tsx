import { Button, FileButton, Group, Text } from '@mantine/core';
import { IconFolderOpen, IconServer2 } from '@tabler/icons-react';
import { useRef } from 'react';
import { isBusy } from '../../client/state';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { Card } from './Card';

/** The run as a folder for PyTorch on other machines, and what came of it there. */
export function TrainElsewhere() {
  const studio = useStudio();
  const photos = useStudioState((s) => s.dataset !== null);
  const busy = useStudioState(isBusy);
  const reset = useRef<() => void>(null);
  return (
    <Card title="Train elsewhere" testId="train-elsewhere">
      <Text size="sm" c="dimmed" mb="xs">
        The same run in PyTorch, on one GPU or on many: settings, split, weights and programs. The folder “results” that
        it writes can be dropped here afterwards.
      </Text>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconServer2 size={15} />}
          disabled={!photos}
          onClick={() => shown(studio.trainElsewhere())}
          data-testid="train-elsewhere-download"
        >
          torchrun.zip
        </Button>
        <FileButton
          multiple
          accept=""
          resetRef={reset}
          onChange={(files) => {
            if (files.length > 0) shown(studio.importResults(files));
            // The same folder may be chosen again.
            reset.current?.();
          }}
          inputProps={
            {
              webkitdirectory: '',
              'data-testid': 'results-input',
              'aria-label': 'Folder of results',
              tabIndex: -1,
            } as object
          }
        >
          {(props) => (
            <Button
              {...props}
              size="xs"
              variant="default"
              disabled={!photos || busy}
              leftSection={<IconFolderOpen size={15} />}
            >
              Open results…
            </Button>
          )}
        </FileButton>
      </Group>
      {!photos && (
        <Text size="xs" c="dimmed" mt={6}>
          Open photos first: the folder says which of them train.
        </Text>
      )}
    </Card>
  );
}
