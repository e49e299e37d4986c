import { Button, Stack, Title } from '@mantine/core';
import { IconFolderOpen, IconLeaf } from '@tabler/icons-react';
import { formatCount } from '../../words/format';
import { isBusy } from '../../client/state';
import { useStudio, useStudioState } from '../StudioContext';
import { useOpenPhotos } from '../useOpenPhotos';
import { FactRow, MachineCard } from './MachineCard';
import css from './stages.module.css';

export function PhotosSide() {
  const studio = useStudio();
  const open = useOpenPhotos();
  const dataset = useStudioState((s) => (s.opening ? null : s.dataset));
  const busy = useStudioState(isBusy);
  return (
    <div className={css['side']}>
      {dataset && (
        <section aria-labelledby="dataset-title">
          <Title order={3} size="h6" id="dataset-title" mb="xs">
            These photos
          </Title>
          <dl className={`${css['facts']} figures`}>
            <FactRow name="Name" value={dataset.name} />
            <FactRow name="Classes" value={formatCount(dataset.classes.length)} />
            <FactRow name="Training" value={formatCount(dataset.trainCount)} />
            <FactRow name="Validation" value={formatCount(dataset.validationCount)} />
          </dl>
          <Stack gap="xs" mt="md">
            <Button disabled={dataset.refusal !== undefined} onClick={() => studio.goTo('baseline')} size="md">
              Set up the baseline
            </Button>
            <Button
              variant="default"
              disabled={busy}
              leftSection={<IconFolderOpen size={16} />}
              onClick={open.choose}
              data-testid="choose-folder"
            >
              Open another folder
            </Button>
            <Button
              variant="subtle"
              color="gray"
              disabled={busy}
              leftSection={<IconLeaf size={16} />}
              onClick={open.sample}
              data-testid="try-sample"
            >
              Try the sample
            </Button>
          </Stack>
        </section>
      )}
      <MachineCard />
    </div>
  );
}
