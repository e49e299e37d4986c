/** The five steps with what came of each: a row on a wide window, a menu on a narrow one. */
import { Button, Menu } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconChevronDown, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { MouseEvent, ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { STAGE_LABELS, type StageStatus, stageStatus } from '../../client/stageStatus';
import { PATH_STAGES, type StageId } from '../../client/state';
import { useStudio, useStudioState } from '../StudioContext';
import css from './shell.module.css';

export function PathNav() {
  return (
    <nav aria-label="Steps" className={css['nav']}>
      <ol className={css['path']}>
        {PATH_STAGES.map((stage, i) => (
          <li key={stage}>
            <StepLink stage={stage} place={i + 1} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** A link, so that Space stays free for pausing. */
export function StepLink({ stage, place }: { stage: StageId; place?: number }) {
  const studio = useStudio();
  const chosen = useStudioState((s) => s.stage === stage);
  const status = useStudioState(useShallow((s) => stageStatus(s, stage)));
  const { mood, word, figure } = status;
  const go = (event: MouseEvent) => {
    event.preventDefault();
    studio.goTo(stage);
  };
  return (
    <a
      href={`#${stage}`}
      className={css['step']}
      aria-current={chosen ? 'step' : undefined}
      onClick={go}
      data-testid={`nav-${stage}`}
      data-mood={mood}
    >
      <span className={css['stepName']}>
        <span className={css['badge']} aria-hidden>
          {badgeOf(status, place)}
        </span>
        {STAGE_LABELS[stage]}
      </span>
      <span className={`${css['stepFigure']} figures`}>{figure ? <b>{figure}</b> : word}</span>
      {figure && <span className="visually-hidden">, {word}</span>}
    </a>
  );
}

function badgeOf({ mood, word }: StageStatus, place: number | undefined): ReactNode {
  if (mood === 'done') return <IconCheck size={14} stroke={2.75} />;
  if (mood === 'problem' || mood === 'doubt') return <IconAlertTriangle size={14} />;
  if (mood === 'running') return word === 'paused' ? <IconPlayerPause size={13} /> : <IconPlayerPlay size={13} />;
  return place;
}

/** "2 of 5 · Baseline", which opens them all. */
export function PathMenu() {
  const studio = useStudio();
  const stage = useStudioState((s) => s.stage);
  const place = (PATH_STAGES as readonly StageId[]).indexOf(stage);
  const stages: readonly StageId[] = [...PATH_STAGES, 'runs'];
  return (
    <nav aria-label="Steps" className={css['nav']}>
      <Menu position="bottom-start" transitionProps={{ duration: 0 }} width={280}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            px="xs"
            rightSection={<IconChevronDown size={16} />}
            data-testid="path-menu"
          >
            <span>
              {place >= 0 && (
                <>
                  {place + 1}
                  <span className={css['ofAll']}> of {PATH_STAGES.length}</span> ·{' '}
                </>
              )}
              {STAGE_LABELS[stage]}
            </span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {stages.map((one) => (
            <PathItem key={one} stage={one} onChosen={() => studio.goTo(one)} />
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}

function PathItem({ stage, onChosen }: { stage: StageId; onChosen: () => void }) {
  const { word, figure } = useStudioState(useShallow((s) => stageStatus(s, stage)));
  const chosen = useStudioState((s) => s.stage === stage);
  return (
    <Menu.Item
      onClick={onChosen}
      aria-current={chosen ? 'step' : undefined}
      rightSection={<span className={`${css['stepFigure']} figures`}>{figure ?? word}</span>}
      data-testid={`nav-${stage}`}
    >
      {STAGE_LABELS[stage]}
    </Menu.Item>
  );
}
