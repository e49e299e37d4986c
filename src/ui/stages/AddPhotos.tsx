/** More photos for the open set: of one class, or in class folders of their own. */
import { Button, FileButton, Group, Modal, Text, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { directoryPicker, useOpenPhotos } from '../useOpenPhotos';
import { MODAL_PROPS } from '../modal';

export function AddPhotos({ onClose }: { onClose: () => void }) {
  const open = useOpenPhotos();
  const [label, setLabel] = useState('');
  const reset = useRef<() => void>(null);
  const pick = directoryPicker();
  const add = { label: label.trim() === '' ? null : label.trim() };
  const done = () => {
    reset.current?.();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Add photos to these" centered {...MODAL_PROPS}>
      <TextInput
        label="Their class"
        description="Leave it empty if they come in class folders, or with a table, of their own."
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        data-autofocus
        data-testid="add-label"
      />
      <Text size="sm" c="dimmed" mt="sm">
        Class folders join those of the same name. Trained results of the photos as they are now are replaced.
      </Text>
      <Group justify="flex-end" mt="lg">
        <FileButton
          multiple
          resetRef={reset}
          onChange={(files) => {
            if (files.length > 0) open.files(files, add);
            done();
          }}
          inputProps={{ 'data-testid': 'add-files', 'aria-label': 'Photos to add', tabIndex: -1 } as object}
        >
          {(props) => (
            <Button {...props} variant="default">
              Choose files or an archive
            </Button>
          )}
        </FileButton>
        {pick && (
          <Button
            onClick={() => {
              open.choose(add);
              done();
            }}
          >
            Choose a folder
          </Button>
        )}
      </Group>
    </Modal>
  );
}
