/** All kept projects, the open one among them. */
import { Modal, Text } from '@mantine/core';
import { formatBytes } from '../../words/format';
import { lastingWords } from '../../words/saving';
import { MODAL_PROPS } from '../modal';
import { useStudio, useStudioState } from '../StudioContext';
import { ProjectList } from './ProjectList';

export function ProjectsModal() {
  const studio = useStudio();
  const count = useStudioState((s) => s.projects.length);
  const bytes = useStudioState((s) => s.projects.reduce((sum, project) => sum + project.bytes, 0));
  const lasts = lastingWords(useStudioState((s) => s.saved.lasts));
  return (
    <Modal opened onClose={() => studio.showProjects(false)} title="Projects" size="lg" {...MODAL_PROPS}>
      <Text size="sm" c="dimmed" mb="xs">
        {count === 0
          ? 'None is kept yet: photos begin one when something is trained on them.'
          : `They take ${formatBytes(bytes)} in this browser. Photos themselves are not kept. ${lasts ?? ''}`}
      </Text>
      <ProjectList />
    </Modal>
  );
}
