import { MantineProvider } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { lazy, memo, type ReactNode, Suspense, useDeferredValue } from 'react';
import { tabTitle } from '../client/progress';
import type { StageId } from '../client/state';
import type { Studio } from '../client/studio';
import { Boundary } from './Boundary';
import { ConfirmProvider } from './Confirm';
import { ActionBar } from './shell/ActionBar';
import { Elsewhere } from './shell/Elsewhere';
import { DropTarget } from './shell/DropTarget';
import { FailureAlert } from './shell/FailureAlert';
import { GpuAwaited } from './shell/GpuAwaited';
import { Header } from './shell/Header';
import css from './shell/shell.module.css';
import { useShortcuts } from './shell/useShortcuts';
import { useUnloadWarning } from './shell/useUnloadWarning';
import { Stage } from './stages/Stage';
import { StudioContext, useStudio, useStudioState } from './StudioContext';
import { cssVariablesResolver, theme } from './theme';

const HelpModal = lazy(() => import('./shell/HelpModal').then(({ HelpModal: component }) => ({ default: component })));
const SettingsDrawer = lazy(() =>
  import('./settings/SettingsDrawer').then(({ SettingsDrawer: component }) => ({ default: component })),
);

const ProjectsModal = lazy(() =>
  import('./projects/ProjectsModal').then(({ ProjectsModal: component }) => ({ default: component })),
);
const InterruptedNotice = lazy(() =>
  import('./projects/InterruptedNotice').then(({ InterruptedNotice: component }) => ({ default: component })),
);
const QueueDrawer = lazy(() =>
  import('./queue/QueueDrawer').then(({ QueueDrawer: component }) => ({ default: component })),
);

const DRAW_AGAIN = { label: 'Draw it again' };

export function App({ studio }: { studio: Studio }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <StudioContext value={studio}>
        <ConfirmProvider>
          <Boundary title="The page could not be drawn" way={DRAW_AGAIN}>
            <Tab />
          </Boundary>
        </ConfirmProvider>
      </StudioContext>
    </MantineProvider>
  );
}

function Tab() {
  const elsewhere = useStudioState((s) => s.watching !== null);
  return elsewhere ? <Elsewhere /> : <Shell />;
}

function Shell() {
  const [helpOpen, help] = useDisclosure(false);
  useShortcuts(help.open);
  useUnloadWarning();
  return (
    <div className={css['shell']}>
      <a className={css['skip']} href="#stage">
        Skip to the step
      </a>
      <TabTitle />
      <Header onHelp={help.open} />
      <Main />
      <ActionBar />
      <OverStage onClose={help.close}>
        <Drawers />
        {helpOpen && <HelpModal onClose={help.close} />}
      </OverStage>
    </div>
  );
}

/** What opens over the stage; where it cannot be drawn, the stage stays, and it is closed. */
function OverStage({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const studio = useStudio();
  const close = () => {
    onClose();
    studio.openSettings(false);
    studio.openQueue(false);
    studio.showProjects(false);
  };
  return (
    <Boundary title="That could not be opened" way={{ label: 'Close', act: close }} className={css['overStage']}>
      <Suspense>{children}</Suspense>
    </Boundary>
  );
}

// What changes often is drawn in components of its own, so that it draws nothing else again.

function TabTitle() {
  useDocumentTitle(useStudioState(tabTitle));
  return null;
}

const Main = memo(function Main() {
  const stage = useStudioState((s) => s.stage);
  // The path answers a click at once; what is chosen is drawn as the page has time for it.
  const drawn = useDeferredValue(stage);
  return (
    <main id="stage" tabIndex={-1} className={css['main']} aria-busy={drawn !== stage}>
      <FailureAlert />
      <GpuAwaited />
      <Interrupted />
      <Drawn stage={drawn} />
      <DropTarget />
    </main>
  );
});

function Interrupted() {
  const interrupted = useStudioState((s) => s.interrupted);
  return (
    interrupted && (
      <Suspense>
        <InterruptedNotice run={interrupted} />
      </Suspense>
    )
  );
}

const Drawn = memo(function Drawn({ stage }: { stage: StageId }) {
  return (
    <Boundary key={stage} title="This step could not be drawn" way={DRAW_AGAIN}>
      <Stage stage={stage} />
    </Boundary>
  );
});

function Drawers() {
  const settingsOpen = useStudioState((s) => s.settingsOpen);
  const queueOpen = useStudioState((s) => s.queueOpen);
  const projectsOpen = useStudioState((s) => s.projectsOpen);
  return (
    <>
      {settingsOpen && <SettingsDrawer />}
      {queueOpen && <QueueDrawer />}
      {projectsOpen && <ProjectsModal />}
    </>
  );
}
