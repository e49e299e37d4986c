import { Alert, Button, Text, Title } from '@mantine/core';
import { machineFacts, machineName } from '../../client/machine';
import { useStudio, useStudioState } from '../StudioContext';
import css from './stages.module.css';

/** What the studio found to train on, and whether the full run makes sense there. */
export function MachineCard() {
  const studio = useStudio();
  const machine = useStudioState((s) => s.machine);
  const quick = useStudioState((s) => s.config.arch === 'resnet18' && s.config.trainSize <= 64);
  const report = machine.status === 'ready' ? machine.report : null;
  return (
    <section aria-labelledby="machine-title" data-testid="machine">
      <Title order={3} size="h6" id="machine-title">
        This machine
      </Title>
      <Text size="sm" mb="xs">
        {machineName(machine)}
      </Text>
      {report && (
        <dl className={`${css['facts']} figures`}>
          {machineFacts(report).map(({ name, value }) => (
            <FactRow key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {report?.software && (
        <Alert color="yellow" variant="light" mt="sm" p="sm" title="No graphics card in use">
          <Text size="sm" mb="xs">
            The processor stands in for the GPU. Results are the same, but the full run would take a day or more.
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            disabled={quick}
            onClick={() => studio.applyPreset('quick')}
            data-testid="quick-look"
          >
            {quick ? 'Quick look is set' : 'Use Quick look'}
          </Button>
        </Alert>
      )}
    </section>
  );
}

export function FactRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
