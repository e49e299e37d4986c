import { Alert, Button, Group, Text, Title, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { benchmarkWords, machineFacts, machineName } from '../../client/machine';
import type { MachineBenchmark } from '../../engine/base/records';
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
      {report && <SpeedCheck />}
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

/** A minute of the reference network, and what the blog's run would take. */
function SpeedCheck() {
  const studio = useStudio();
  const idle = useStudioState((s) => s.run.state === 'idle');
  const [measuring, setMeasuring] = useState(false);
  const [result, setResult] = useState<MachineBenchmark | null>(null);
  const measure = async () => {
    setMeasuring(true);
    try {
      setResult(await studio.benchmark());
    } catch {
      // The failure is in the studio's state, and shown there.
    } finally {
      setMeasuring(false);
    }
  };
  return (
    <div>
      <Group gap="xs" mt="sm">
        <Button
          size="compact-sm"
          variant="default"
          loading={measuring}
          disabled={!idle}
          onClick={() => void measure()}
          data-testid="benchmark"
        >
          Measure this machine
        </Button>
        <Tooltip label="The next run times its kernels against one another anew" multiline maw={260}>
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            disabled={!idle || measuring}
            onClick={() => void studio.forgetChoices()}
          >
            Forget tuned kernels
          </Button>
        </Tooltip>
      </Group>
      <Text size="sm" mt={6} aria-live="polite" data-testid="benchmark-result">
        {result
          ? benchmarkWords(result)
          : 'Takes about a minute: ResNet-50 in training, and how long the full run would be.'}
      </Text>
    </div>
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
