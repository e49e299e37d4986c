import { ActionIcon, Burger, Group, Text, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconBook2,
  IconDeviceDesktop,
  IconHelp,
  IconMoon,
  IconPhoto,
  IconSun,
} from '@tabler/icons-react';
import { machineHealth, machineName } from '../../client/machine';
import { useStudio, useStudioState } from '../StudioContext';
import { useGuide } from '../useGuide';
import css from './shell.module.css';

interface Props {
  navOpen: boolean;
  onNav: () => void;
  sideOpen: boolean;
  onSide: () => void;
  onHelp: () => void;
}

export function TopBar({ navOpen, onNav, sideOpen, onSide, onHelp }: Props) {
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Burger opened={navOpen} onClick={onNav} hiddenFrom="md" size="sm" aria-label="Show the steps" />
        <img src="./favicon.svg" alt="" width={26} height={26} />
        <Text component="h1" fw={600} size="md" className={css['name']}>
          FixRes Studio
        </Text>
        <DatasetName />
      </Group>
      <Group gap="xs" wrap="nowrap">
        <MachineName />
        <GuideSwitch />
        <ThemeSwitch />
        <Tooltip label="Help and shortcuts">
          <ActionIcon variant="subtle" color="gray" onClick={onHelp} aria-label="Help and shortcuts" size="lg">
            <IconHelp size={20} />
          </ActionIcon>
        </Tooltip>
        <ActionIcon
          variant={sideOpen ? 'light' : 'subtle'}
          color="gray"
          onClick={onSide}
          hiddenFrom="md"
          aria-label="Show the settings"
          aria-expanded={sideOpen}
          size="lg"
        >
          <IconAdjustmentsHorizontal size={20} />
        </ActionIcon>
      </Group>
    </Group>
  );
}

function DatasetName() {
  const studio = useStudio();
  const name = useStudioState((s) => s.dataset?.name);
  if (name === undefined) return null;
  return (
    <UnstyledButton
      visibleFrom="sm"
      className={css['chip']}
      onClick={() => studio.goTo('photos')}
      data-testid="dataset-name"
    >
      <IconPhoto size={15} aria-hidden />
      <span className={css['ellipsis']}>{name}</span>
    </UnstyledButton>
  );
}

function MachineName() {
  const machine = useStudioState((s) => s.machine);
  const { words } = machineHealth(machine);
  return (
    <Tooltip label={words} multiline maw={320}>
      <Group gap={6} wrap="nowrap" px="xs" visibleFrom="xs" data-testid="adapter">
        <span className={css['dot']} data-health={machineHealth(machine).health} aria-hidden />
        <Text size="sm" c="dimmed" className={css['ellipsis']} maw={240}>
          {machineName(machine)}
        </Text>
      </Group>
    </Tooltip>
  );
}

function GuideSwitch() {
  const [shown, setShown] = useGuide();
  const label = shown ? 'Hide the guided tour' : 'Show the guided tour';
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={shown ? 'light' : 'subtle'}
        color="gray"
        size="lg"
        aria-label="Guided tour"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        <IconBook2 size={20} />
      </ActionIcon>
    </Tooltip>
  );
}

const SCHEMES = {
  auto: { label: 'Theme: as the system', next: 'light', Icon: IconDeviceDesktop },
  light: { label: 'Theme: light', next: 'dark', Icon: IconSun },
  dark: { label: 'Theme: dark', next: 'auto', Icon: IconMoon },
} as const;

function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { label, next, Icon } = SCHEMES[colorScheme];
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(next)}>
        <Icon size={20} />
      </ActionIcon>
    </Tooltip>
  );
}
