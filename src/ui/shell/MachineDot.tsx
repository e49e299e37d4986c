import { ActionIcon, Popover } from '@mantine/core';
import { machineHealth, machineName } from '../../client/machine';
import { useStudioState } from '../StudioContext';
import { MachineCard } from '../stages/MachineCard';
import css from './shell.module.css';

/** The machine's health at a glance, and what it can do behind it. */
export function MachineDot() {
  const machine = useStudioState((s) => s.machine);
  const { health, words } = machineHealth(machine);
  return (
    <Popover position="bottom-end" width={320} transitionProps={{ duration: 0 }} trapFocus shadow="md">
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`This machine: ${machineName(machine)}. ${words}`}
          data-testid="adapter"
        >
          <span className={css['dot']} data-health={health} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <MachineCard />
      </Popover.Dropdown>
    </Popover>
  );
}
