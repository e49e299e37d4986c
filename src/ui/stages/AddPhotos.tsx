/** More photos for the open set: of one class, taken with the camera or chosen, or in class folders of their own. */
import { Autocomplete, Button, FileButton, Group, Modal, NativeSelect, Text } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { directoryPicker, useOpenPhotos } from '../useOpenPhotos';
import { MODAL_PROPS } from '../modal';
import { SPLIT_NAMES } from '../../client/room';
import { type Split, SPLITS } from '../../engine/dataset/types';
import { formatNoun } from '../../words/format';
import { useStudioState } from '../StudioContext';
import { cameras, Finder } from './Finder';

/** Classes that a list under the field holds. */
const MOST_OFFERED = 8;

export function AddPhotos({ onClose }: { onClose: () => void }) {
  const open = useOpenPhotos();
  const [label, setLabel] = useState('');
  const reset = useRef<() => void>(null);
  const pick = directoryPicker();
  const media = cameras();
  const [filming, setFilming] = useState(false);
  const [taken, setTaken] = useState<readonly File[]>([]);
  const dataset = useStudioState((s) => s.dataset);
  const [split, setSplit] = useState<Split>('train');
  // Where the split is our own, they are split with the others.
  const isGiven = dataset !== null && dataset.warningCounts['no-split'] === undefined;
  const add = { label: label.trim() === '' ? null : label.trim(), split };
  const done = () => {
    reset.current?.();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Add photos to these" centered {...MODAL_PROPS}>
      <Autocomplete
        label="Their class"
        description="Leave it empty if they come in class folders, or with a table, of their own."
        value={label}
        onChange={setLabel}
        data={dataset?.classes.map(({ name }) => name) ?? []}
        limit={MOST_OFFERED}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        data-autofocus
        data-testid="add-label"
      />
      {isGiven && add.label !== null && (
        <NativeSelect
          mt="sm"
          label="What they are for"
          value={split}
          onChange={(event) => setSplit(SPLITS.find((one) => one === event.currentTarget.value) ?? 'train')}
          data={SPLITS.map((value) => ({ value, label: SPLIT_NAMES[value] }))}
          data-testid="add-split"
        />
      )}
      <Text size="sm" c="dimmed" mt="sm">
        Class folders join those of the same name. Trained results of the photos as they are now are replaced.
      </Text>
      {media && filming && (
        <>
          <Finder media={media} onPhoto={(photo) => setTaken((before) => [...before, photo])} />
          <Group justify="space-between" mt="xs">
            <Text component="output" size="sm" data-testid="taken">
              {add.label === null
                ? `${formatNoun(taken.length, 'photo')} taken. Name their class to add them.`
                : `${formatNoun(taken.length, 'photo')} of ${add.label} taken.`}
            </Text>
            <Button
              disabled={taken.length === 0 || add.label === null}
              onClick={() => {
                open.files(taken, add);
                done();
              }}
              data-testid="add-taken"
            >
              Add them
            </Button>
          </Group>
        </>
      )}
      <Group justify="flex-end" mt="lg">
        {media && !filming && (
          <Button
            variant="default"
            leftSection={<IconCamera size={16} />}
            onClick={() => setFilming(true)}
            data-testid="add-camera"
          >
            Take photos
          </Button>
        )}
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
