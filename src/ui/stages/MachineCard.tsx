import { Button, Group, Text, Title, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { checkWords } from '../../client/gpuCheck';
import { benchmarkWords, machineFacts, machineHealth, machineName } from '../../client/machine';
import type { MachineBenchmark } from '../../engine/base/records';
import { useStudio, useStudioState } from '../StudioContext';
import { Facts } from './Card';

/** What the studio found to train on, and whether the full run makes sense there. */
export function MachineCard() {
  const machine = useStudioState((s) => s.machine);
  const report = machine.status === 'ready' ? machine.report : null;
  return (
    <section aria-labelledby="machine-title" data-testid="machine">
      <Title order={3} size="h6" id="machine-title">
        This machine
      </Title>
      <Text size="sm">{machineName(machine)}</Text>
      <Text size="sm" c="dimmed" mb="xs">
        {machineHealth(machine).words}
      </Text>
      {report && <Facts facts={machineFacts(report)} />}
      {report && <SpeedCheck />}
      {report && <ComputeCheck />}
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

/** Whether this GPU computes as stock TensorFlow.js does on it. */
function ComputeCheck() {
  const studio = useStudio();
  const idle = useStudioState((s) => s.run.state === 'idle');
  const check = useStudioState((s) => s.gpuCheck);
  const [checking, setChecking] = useState(false);
  const run = () => {
    setChecking(true);
    // A failure is in the studio's state, and shown there.
    void studio
      .checkGpu()
      .catch(() => {})
      .finally(() => setChecking(false));
  };
  return (
    <div>
      <Button
        size="compact-sm"
        variant="default"
        mt="sm"
        loading={checking}
        disabled={!idle}
        onClick={run}
        data-testid="check-gpu"
      >
        Check this GPU
      </Button>
      <Text
        size="sm"
        mt={6}
        aria-live="polite"
        c={check && !check.agrees ? 'red' : undefined}
        data-testid="check-result"
      >
        {check
          ? checkWords(check)
          : 'Under a minute: a small training step in the studio’s kernels and in stock TensorFlow.js, loss and every gradient compared.'}
      </Text>
    </div>
  );
}
