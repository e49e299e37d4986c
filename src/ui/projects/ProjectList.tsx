/** Projects that the browser keeps: what each is made of, and the ways into it, to another name, out of the browser and back. */
import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { isBusy } from '../../client/state';
import type { RunState } from '../../protocol/messages';
import type { KeptProject } from '../../protocol/projects';
import { brokenWords, CHANGED_HERE, damagedSentence, keptSentence } from '../../words/saving';
import { FailureNotice } from '../shell/FailureAlert';
import { useKeptFocus } from '../shell/useKeptFocus';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { OpenButton } from './OpenButton';
import css from './projects.module.css';

/** `most`: how many of them, the one used last first; and the one whose photos could not be opened. */
export function ProjectList({ most = Infinity }: { most?: number }) {
  const projects = useStudioState((s) => s.projects);
  const wanted = useStudioState((s) => s.wanted?.id);
  const [now] = useState(() => Date.now());
  return (
    <ul className={css['list']} aria-label="Kept projects">
      {projects
        .filter(({ id }, i) => i < most || id === wanted)
        .map((project, i) => (
          <ProjectRow key={project.id} project={project} now={now} first={i === 0} wanted={project.id === wanted} />
        ))}
    </ul>
  );
}

const scrollIntoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });

interface RowProps {
  project: KeptProject;
  now: number;
  first: boolean;
  wanted: boolean;
}

function ProjectRow({ project, now, first, wanted }: RowProps) {
  const [renaming, setRenaming] = useState(false);
  const run = useStudioState((s) => s.run.state);
  const keptFocus = useKeptFocus<HTMLLIElement>(`${project.deleted} ${renaming}`);
  return (
    <li className={css['row']} data-testid="kept-project" data-project={project.id} {...keptFocus}>
      {project.deleted ? (
        <Deleted project={project} />
      ) : (
        <>
          <div className={css['words']}>
            {renaming ? (
              <NameField project={project} onDone={() => setRenaming(false)} />
            ) : (
              <Text fw={600} className={css['name']}>
                {project.name}
              </Text>
            )}
            <Text size="sm" c="dimmed">
              {wordsOf(project, now, run)}
            </Text>
          </div>
          <Group gap={4} wrap="nowrap">
            <OpenButton project={project} filled={first} />
            {project.openIn !== 'elsewhere' && <Changes project={project} onRename={() => setRenaming(true)} />}
          </Group>
          {wanted && (
            <div className={css['failure']} ref={scrollIntoView}>
              <FailureNotice />
            </div>
          )}
        </>
      )}
    </li>
  );
}

function wordsOf(project: KeptProject, now: number, run: RunState): string {
  const { openIn, damages, contents } = project;
  return [
    openIn === 'here' && 'Open in this tab.',
    openIn === 'changed' && CHANGED_HERE,
    openIn === 'elsewhere' && 'Open in another tab.',
    keptSentence(project, now, run),
    damages.length > 0 && (contents ? damagedSentence(damages) : brokenWords(damages)),
    contents?.place === 'files' &&
      (openIn === null || openIn === 'changed') &&
      'Choose its folder again: photos themselves are not kept.',
  ]
    .filter(Boolean)
    .join(' ');
}

function Changes({ project: { id, name, openIn }, onRename }: { project: KeptProject; onRename: () => void }) {
  const studio = useStudio();
  return (
    <>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Rename ${name}`} onClick={onRename}>
        <IconPencil size={17} />
      </ActionIcon>
      {openIn === null && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`Delete ${name}`}
          onClick={() => shown(studio.deleteProject(id))}
        >
          <IconTrash size={17} />
        </ActionIcon>
      )}
    </>
  );
}

/** Kept by Enter, or when one leaves it; Escape leaves the name as it is. */
function NameField({ project: { id, name }, onDone }: { project: KeptProject; onDone: () => void }) {
  const studio = useStudio();
  const [draft, setDraft] = useState(name);
  const keep = () => {
    if (draft.trim() !== name) shown(studio.renameProject(id, draft));
    onDone();
  };
  return (
    <TextInput
      size="xs"
      aria-label={`Name of ${name}`}
      maxLength={120}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone();
      }}
      ref={(input) => input?.focus()}
    />
  );
}

function Deleted({ project: { id, name } }: { project: KeptProject }) {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  return (
    <>
      <Text size="sm" className={css['name']} component="output">
        {name} is deleted: its results and weights, not its photos.
      </Text>
      <Button
        variant="default"
        disabled={busy}
        onClick={() => shown(studio.keepAgain(id))}
        data-goes-on
        data-testid="keep-again"
      >
        Undo
      </Button>
    </>
  );
}
