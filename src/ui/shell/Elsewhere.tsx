/** The page while another tab has the project: what that one shows, live, and the way to have it here. */
import { Button, Group, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { lazy, Suspense, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { tabTitle } from '../../client/progress';
import { waitingIn } from '../../client/queue';
import { stageStatus, STAGE_LABELS } from '../../client/stageStatus';
import { isBusy, PATH_STAGES } from '../../client/state';
import { formatNoun } from '../../words/format';
import { elsewhereSentence } from '../../words/tabs';
import { StudioContext, useStudio, useStudioState } from '../StudioContext';
import welcome from '../stages/welcome.module.css';
import { Logo } from './Header';
import { RunProgress } from './RunProgress';
import css from './shell.module.css';
import { SpokenProgress } from './SpokenProgress';

const LatestAccuracy = lazy(() =>
  import('../stages/LatestAccuracy').then((module) => ({ default: module.LatestAccuracy })),
);

export function Elsewhere() {
  const studio = useStudio();
  const there = useMemo(() => ({ ...studio, store: studio.other }), [studio]);
  return (
    <StudioContext value={there}>
      <div className={css['shell']}>
        <header className={css['header']}>
          <Logo />
        </header>
        <main id="stage" className={css['main']} data-testid="elsewhere">
          <There />
        </main>
        <SpokenProgress />
      </div>
    </StudioContext>
  );
}

function There() {
  const studio = useStudio();
  useDocumentTitle(useStudioState(tabTitle));
  const answered = useStudioState((s) => s.machine.status !== 'connecting');
  const busy = useStudioState(isBusy);
  const name = useStudioState((s) => s.project?.name);
  const queued = useStudioState((s) => waitingIn(s).length);
  return (
    <div className={welcome['welcome']}>
      <section className={`card ${css['elsewhere']}`} aria-labelledby="elsewhere">
        <h2 id="elsewhere">{name ?? 'This project'} is open in another tab</h2>
        <Text c="dimmed" maw={640}>
          {answered
            ? elsewhereSentence(busy)
            : 'That tab has not answered yet. When it is closed, the project can be opened here.'}
        </Text>
        {busy && <RunProgress />}
        {queued > 0 && <Text size="sm">{formatNoun(queued, 'run is', 'runs are')} queued behind it.</Text>}
        <Group gap="xs">
          {answered && !busy && (
            <Button onClick={studio.askForProject} data-testid="take-over">
              Use it here
            </Button>
          )}
          <Button variant="default" onClick={() => studio.watch(null)} data-testid="leave">
            Work on something else
          </Button>
        </Group>
      </section>
      <Suspense>
        <LatestAccuracy />
      </Suspense>
      <ol className={welcome['steps']} aria-label="Steps">
        {PATH_STAGES.map((stage) => (
          <Step key={stage} stage={stage} />
        ))}
      </ol>
    </div>
  );
}

function Step({ stage }: { stage: (typeof PATH_STAGES)[number] }) {
  const { word, figure } = useStudioState(useShallow((s) => stageStatus(s, stage)));
  return (
    <li className="card" data-testid={`elsewhere-${stage}`}>
      <b>{STAGE_LABELS[stage]}</b>
      <span className="figures">{figure ? `${figure}, ${word}` : word}</span>
    </li>
  );
}
