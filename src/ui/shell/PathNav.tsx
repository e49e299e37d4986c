import { Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconFlask, IconPlayerPlay, IconStack2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { STAGE_LABELS, type StageStatus, stageStatus } from '../../client/stageStatus';
import { PATH_STAGES, type StageId } from '../../client/state';
import { useStudio, useStudioState } from '../StudioContext';
import css from './shell.module.css';

export function PathNav({ onChosen }: { onChosen: () => void }) {
  return (
    <>
      <ol className={css['path']}>
        {PATH_STAGES.map((stage, i) => (
          <li key={stage}>
            <Entry stage={stage} badge={i + 1} onChosen={onChosen} />
          </li>
        ))}
      </ol>
      <div className={css['beside']}>
        <Entry stage="experiments" badge={<IconFlask size={16} />} onChosen={onChosen} />
        <Entry stage="runs" badge={<IconStack2 size={16} />} onChosen={onChosen} />
      </div>
    </>
  );
}

function Entry({ stage, badge, onChosen }: { stage: StageId; badge: ReactNode; onChosen: () => void }) {
  const studio = useStudio();
  const chosen = useStudioState((s) => s.stage === stage);
  const { mood, word, figure } = useStudioState(useShallow((s) => stageStatus(s, stage)));
  return (
    <UnstyledButton
      className={css['step']}
      aria-current={chosen ? 'step' : undefined}
      onClick={() => {
        studio.goTo(stage);
        onChosen();
      }}
      data-testid={`nav-${stage}`}
      data-mood={mood}
    >
      <span className={css['badge']} data-mood={mood} aria-hidden>
        {badgeOf(mood, badge)}
      </span>
      <Text component="span" fw={600} size="sm" lh="18px">
        {STAGE_LABELS[stage]}
      </Text>
      <span className={`${css['stepFigure']} figures`}>
        {figure ? <b>{figure}</b> : null}
        {figure ? ' · ' : null}
        {word}
      </span>
    </UnstyledButton>
  );
}

function badgeOf(mood: StageStatus['mood'], badge: ReactNode): ReactNode {
  if (mood === 'done') return <IconCheck size={16} stroke={2.5} />;
  if (mood === 'problem') return <IconAlertTriangle size={15} />;
  if (mood === 'running') return <IconPlayerPlay size={14} />;
  return badge;
}
