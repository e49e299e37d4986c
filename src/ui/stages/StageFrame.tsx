import { Button, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { STAGE_LABELS } from '../../client/stageStatus';
import type { StageId } from '../../client/state';
import { useStudio } from '../StudioContext';
import css from './stages.module.css';

interface Props {
  stage: StageId;
  /** What the step is for, in a sentence. */
  purpose: string;
  action?: ReactNode;
  children: ReactNode;
}

export function StageFrame({ stage, purpose, action, children }: Props) {
  return (
    <section className={css['stage']} aria-labelledby={`${stage}-title`} data-testid={`stage-${stage}`}>
      <div className={css['head']}>
        <div>
          <Title order={2} size="h4" id={`${stage}-title`}>
            {STAGE_LABELS[stage]}
          </Title>
          <Text size="sm" c="dimmed">
            {purpose}
          </Text>
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

/** What will be here, and how to get it. */
export function EmptyStage({ title, text, goTo }: { title: string; text: string; goTo?: StageId }) {
  const studio = useStudio();
  return (
    <div className={`card ${css['empty']}`}>
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw={480}>
        {text}
      </Text>
      {goTo && (
        <Button variant="default" onClick={() => studio.goTo(goTo)}>
          Go to {STAGE_LABELS[goTo]}
        </Button>
      )}
    </div>
  );
}

/** The step after this one, offered once this one is done. */
export function NextButton({ to }: { to: StageId }) {
  const studio = useStudio();
  return (
    <Button size="compact-md" variant="light" onClick={() => studio.goTo(to)} data-testid="next">
      Next: {STAGE_LABELS[to]}
    </Button>
  );
}
