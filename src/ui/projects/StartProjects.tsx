/** On the start screen: the projects used last, and the way to all of them. */
import { Button, Text } from '@mantine/core';
import { lastingWords } from '../../words/saving';
import { useStudio, useStudioState } from '../StudioContext';
import { ProjectList } from './ProjectList';
import css from './projects.module.css';

const MOST = 2;

export function StartProjects() {
  const studio = useStudio();
  const count = useStudioState((s) => s.projects.length);
  const lasts = lastingWords(useStudioState((s) => s.saved.lasts));
  return (
    <section className={`card ${css['start']}`} aria-label="Your projects" data-testid="kept-projects">
      <ProjectList most={MOST} />
      {lasts && (
        <Text size="xs" c="dimmed">
          {lasts}
        </Text>
      )}
      {count > MOST && (
        <Button size="compact-sm" variant="subtle" onClick={() => studio.showProjects(true)} data-testid="all-projects">
          All {count} projects
        </Button>
      )}
    </section>
  );
}
