import { Button, Group, Loader, Text, Title } from '@mantine/core';
import { IconFolderOpen, IconLeaf, IconPhotoDown } from '@tabler/icons-react';
import { formatNoun } from '../../words/format';
import { useStudioState } from '../StudioContext';
import { useOpenPhotos } from '../useOpenPhotos';
import css from './stages.module.css';

/** The first visit: one large place to drop a folder. */
export function Welcome() {
  const open = useOpenPhotos();
  const opening = useStudioState((s) => s.opening);
  return (
    <div className={css['drop']}>
      {opening ? <Loader size={44} type="dots" /> : <IconPhotoDown size={44} stroke={1.4} aria-hidden />}
      <div aria-live="polite">
        <Title order={3} size="h2">
          {opening ? `Reading ${opening.name || 'the folder'}` : 'Drop a folder of photos here'}
        </Title>
        <Text c="dimmed" mt={6} maw={520}>
          {opening
            ? `${formatNoun(opening.files, 'file')} so far. Photos themselves are read when they are needed.`
            : 'One folder for each class, or photos with a CSV that names image and label. Nothing leaves this computer.'}
        </Text>
      </div>
      <Group justify="center">
        <Button
          size="md"
          leftSection={<IconFolderOpen size={18} />}
          onClick={open.choose}
          disabled={opening !== null}
          data-testid="choose-folder"
        >
          Choose a folder
        </Button>
        <Button
          size="md"
          variant="default"
          leftSection={<IconLeaf size={18} />}
          onClick={open.sample}
          disabled={opening !== null}
          data-testid="try-sample"
        >
          Try the sample, drawn on the spot
        </Button>
      </Group>
    </div>
  );
}
