import { AppShell, MantineProvider } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import { tabTitle } from '../client/progress';
import type { Studio } from '../client/studio';
import { ConfirmProvider } from './Confirm';
import { DropTarget } from './shell/DropTarget';
import { FailureAlert } from './shell/FailureAlert';
import { HelpModal } from './shell/HelpModal';
import { PathNav } from './shell/PathNav';
import { RunBar } from './shell/RunBar';
import { TopBar } from './shell/TopBar';
import { useShortcuts } from './shell/useShortcuts';
import { useUnloadWarning } from './shell/useUnloadWarning';
import { Side } from './stages/Side';
import { Stage } from './stages/Stage';
import { StageBoundary } from './stages/StageBoundary';
import { StudioContext, useStudioState } from './StudioContext';
import { cssVariablesResolver, theme } from './theme';

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
  const [navOpen, nav] = useDisclosure(false);
  const [sideOpen, side] = useDisclosure(false);
  const [helpOpen, help] = useDisclosure(false);
  const stage = useStudioState((s) => s.stage);
  useShortcuts();
  useUnloadWarning();
  useDocumentTitle(useStudioState(tabTitle));

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: 'md', collapsed: { mobile: !navOpen } }}
      aside={{ width: 312, breakpoint: 'md', collapsed: { mobile: !sideOpen } }}
      footer={{ height: 68 }}
      transitionDuration={0}
    >
      <AppShell.Header>
        <TopBar navOpen={navOpen} onNav={nav.toggle} sideOpen={sideOpen} onSide={side.toggle} onHelp={help.open} />
      </AppShell.Header>
      <AppShell.Navbar aria-label="Steps">
        <PathNav onChosen={nav.close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <div className="main">
          <FailureAlert />
          <StageBoundary key={stage}>
            <Stage />
          </StageBoundary>
        </div>
        <DropTarget />
      </AppShell.Main>
      <AppShell.Aside aria-label="Settings">
        <Side />
      </AppShell.Aside>
      <AppShell.Footer>
        <RunBar />
      </AppShell.Footer>
      <HelpModal opened={helpOpen} onClose={help.close} />
    </AppShell>
  );
}
