import { MantineProvider } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { tabTitle } from '../client/progress';
import type { Studio } from '../client/studio';
import { ConfirmProvider } from './Confirm';
import { ActionBar } from './shell/ActionBar';
import { DropTarget } from './shell/DropTarget';
import { FailureAlert } from './shell/FailureAlert';
import { GpuAwaited } from './shell/GpuAwaited';
import { Header } from './shell/Header';
import css from './shell/shell.module.css';
import { useShortcuts } from './shell/useShortcuts';
import { useUnloadWarning } from './shell/useUnloadWarning';
import { Stage } from './stages/Stage';
import { StageBoundary } from './stages/StageBoundary';
import { StudioContext, useStudioState } from './StudioContext';
import { cssVariablesResolver, theme } from './theme';

const HelpModal = lazy(() => import('./shell/HelpModal').then(({ HelpModal: component }) => ({ default: component })));
const SettingsDrawer = lazy(() =>
  import('./settings/SettingsDrawer').then(({ SettingsDrawer: component }) => ({ default: component })),
);

const QueueDrawer = lazy(() =>
  import('./queue/QueueDrawer').then(({ QueueDrawer: component }) => ({ default: component })),
);

export function App({ studio }: { studio: Studio }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <StudioContext value={studio}>
        <ConfirmProvider>
          <Shell />
        </ConfirmProvider>
      </StudioContext>
    </MantineProvider>
  );
}

function Shell() {
  const [helpOpen, help] = useDisclosure(false);
  const stage = useStudioState((s) => s.stage);
  const settingsOpen = useStudioState((s) => s.settingsOpen);
  const queueOpen = useStudioState((s) => s.queueOpen);
  useShortcuts(help.open);
  useUnloadWarning();
  useDocumentTitle(useStudioState(tabTitle));

  return (
    <div className={css['shell']}>
      <a className={css['skip']} href="#stage">
        Skip to the step
      </a>
      <Header onHelp={help.open} />
      <main id="stage" tabIndex={-1} className={css['main']}>
        <FailureAlert />
        <GpuAwaited />
        <StageBoundary key={stage}>
          <Stage />
        </StageBoundary>
        <DropTarget />
      </main>
      <ActionBar />
      <Suspense>
        {settingsOpen && <SettingsDrawer />}
        {queueOpen && <QueueDrawer />}
        {helpOpen && <HelpModal onClose={help.close} />}
      </Suspense>
    </div>
  );
}
