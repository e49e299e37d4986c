import { Button, Group, Loader, Text } from '@mantine/core';
import { IconFileZip, IconFolderOpen, IconLeaf, IconPhotoDown } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { PATH_STAGES } from '../../client/state';
import { STAGE_LABELS } from '../../client/stageStatus';
import { formatNoun } from '../../words/format';
import { useStudioState } from '../StudioContext';
import { useOpenPhotos } from '../useOpenPhotos';
import { GpuNote } from './GpuNote';
import css from './welcome.module.css';

const StartProjects = lazy(() =>
  import('../projects/StartProjects').then((module) => ({ default: module.StartProjects })),
);

const STEPS: Record<(typeof PATH_STAGES)[number], string> = {
  photos: 'Your folder or .zip: one folder for each class, or photos with a CSV.',
  baseline: 'A ResNet learns them on this computer’s GPU.',
  sweep: 'The same network, tested at several sizes: which suits it best?',
  finetune: 'Its classifier gets used to that size: some points more, in minutes.',
  takehome: 'The weights, with code that runs, and every figure.',
};

/** The first visit: one large place to drop a folder, and what comes of it. */
export function Welcome() {
  const open = useOpenPhotos();
  const opening = useStudioState((s) => s.opening);
  const keeps = useStudioState((s) => s.projects.length > 0);
  return (
    <div className={css['welcome']}>
      <div className={css['drop']}>
        {opening ? <Loader size={44} type="dots" /> : <IconPhotoDown size={48} stroke={1.4} aria-hidden />}
        <div aria-live="polite">
          <h3>{opening ? `Reading ${opening.name || 'the folder'}` : 'Drop a folder of photos here'}</h3>
          <Text c="dimmed" mt={6} maw={520}>
            {opening
              ? `${formatNoun(opening.files, 'file')} so far. Photos themselves are read when they are needed.`
              : 'Nothing leaves this computer. No photos at hand? The sample draws leaves on the spot, and a quick look has run through all steps in minutes.'}
          </Text>
        </div>
        <Group justify="center">
          <Button
            size="md"
            // One thing stands out: where there are projects, the last of them.
            variant={keeps ? 'default' : 'filled'}
            leftSection={<IconFolderOpen size={18} />}
            onClick={() => open.choose()}
            disabled={opening !== null}
            data-testid="choose-folder"
          >
            Choose a folder
          </Button>
          <Button
            size="md"
            variant="default"
            leftSection={<IconFileZip size={18} />}
            onClick={open.chooseFiles}
            disabled={opening !== null}
            data-testid="choose-files"
          >
            Choose an archive
          </Button>
          <Button
            size="md"
            variant="default"
            leftSection={<IconLeaf size={18} />}
            onClick={open.sample}
            disabled={opening !== null}
            data-testid="try-sample"
          >
            Try the sample
          </Button>
        </Group>
        {keeps && (
          <Suspense>
            <StartProjects />
          </Suspense>
        )}
        <GpuNote />
      </div>
      <ol className={css['steps']} aria-label="What happens">
        {PATH_STAGES.map((stage) => (
          <li key={stage} className="card">
            <b>{STAGE_LABELS[stage]}</b>
            <span>{STEPS[stage]}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
