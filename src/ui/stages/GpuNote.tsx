import { Text } from '@mantine/core';
import { machineName, referenceWords } from '../../client/machine';
import { presetOf } from '../../client/preset';
import { useStudioState } from '../StudioContext';
import css from '../shell/shell.module.css';

/** What there is to train on, and what that means for the settings. */
export function GpuNote() {
  const machine = useStudioState((s) => s.machine);
  const quick = useStudioState((s) => presetOf(s.config) === 'quick');
  const speed = useStudioState((s) => s.speed);
  const measuring = useStudioState((s) => s.measuring);
  if (machine.status !== 'ready') return <Text size="sm">{machineName(machine)}</Text>;
  const { software } = machine.report;
  return (
    <Text size="sm" c="dimmed" maw={560} data-testid="gpu-note">
      <span
        className={css['dot']}
        data-health={software ? 'slow' : 'good'}
        style={{ display: 'inline-block', marginRight: 8 }}
        aria-hidden
      />
      {software
        ? 'No graphics card in use: this computer’s processor stands in for it, correct but slow.'
        : `Trains on ${machineName(machine)}.`}{' '}
      <output data-testid="reference-time">{referenceWords({ speed, measuring, quick })}</output>
    </Text>
  );
}
