/** The path, always in sight: the steps with their results, the runs, the machine and the rest. */
import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconDots, IconFlask, IconFolders, IconHelp, IconMoon, IconSun } from '@tabler/icons-react';
import { memo } from 'react';
import { useStudio, useStudioState } from '../StudioContext';
import { useNarrow } from '../useNarrow';
import { MachineDot } from './MachineDot';
import { PathMenu, PathNav, StepLink } from './PathNav';
import css from './shell.module.css';

export const Header = memo(function Header({ onHelp }: { onHelp: () => void }) {
  const narrow = useNarrow();
  return (
    <header className={css['header']}>
      <Logo />
      {narrow ? <PathMenu /> : <PathNav />}
      <div className={css['tools']}>
        {!narrow && <StepLink stage="runs" />}
        <MachineDot />
        <MoreMenu onHelp={onHelp} />
      </div>
    </header>
  );
});

export function Logo() {
  return (
    <div className={css['logo']}>
      <img src="./favicon.svg" alt="" width={26} height={26} />
      <h1>
        FixRes<span> Studio</span>
      </h1>
    </div>
  );
}

const SCHEMES = [
  { scheme: 'auto', label: 'Theme of the system', Icon: IconDeviceDesktop },
  { scheme: 'light', label: 'Light theme', Icon: IconSun },
  { scheme: 'dark', label: 'Dark theme', Icon: IconMoon },
] as const;

function MoreMenu({ onHelp }: { onHelp: () => void }) {
  const studio = useStudio();
  const onExperiments = useStudioState((s) => s.stage === 'experiments');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" transitionProps={{ duration: 0 }} width={230}>
      <Menu.Target>
        <ActionIcon
          variant={onExperiments ? 'light' : 'subtle'}
          color="gray"
          size="lg"
          aria-label="More: experiments, projects, theme, help"
          data-testid="more"
        >
          <IconDots size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconFlask size={16} />}
          onClick={() => studio.goTo('experiments')}
          data-testid="nav-experiments"
        >
          Experiments
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFolders size={16} />}
          onClick={() => studio.showProjects(true)}
          data-testid="show-projects"
        >
          Projects…
        </Menu.Item>
        <Menu.Divider />
        {SCHEMES.map(({ scheme, label, Icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(scheme)}
            aria-current={colorScheme === scheme || undefined}
            rightSection={colorScheme === scheme ? '✓' : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconHelp size={16} />} onClick={onHelp} data-testid="help">
          Help and keys
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
