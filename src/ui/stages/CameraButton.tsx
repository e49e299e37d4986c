import { Button, Modal } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { useState } from 'react';
import { cameras, Finder } from './Finder';

/** Takes a photo with the computer's camera; nothing where the browser has none to give. */
export function CameraButton({ disabled, onPhoto }: { disabled: boolean; onPhoto: (photo: File) => void }) {
  const [open, setOpen] = useState(false);
  const media = cameras();
  if (!media) return null;
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        disabled={disabled}
        leftSection={<IconCamera size={15} />}
        onClick={() => setOpen(true)}
        data-testid="try-camera"
      >
        Camera…
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title="Take a photo"
        centered
        transitionProps={{ duration: 0 }}
      >
        <Finder
          media={media}
          onPhoto={(photo) => {
            setOpen(false);
            onPhoto(photo);
          }}
        />
      </Modal>
    </>
  );
}
