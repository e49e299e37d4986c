import { Alert, Button, Group, Text } from '@mantine/core';
import { IconClockPause } from '@tabler/icons-react';
import { awaitedSentence } from '../../words/gpu';
import { useStudioState } from '../StudioContext';
import { useNow } from '../useNow';

/** While the browser keeps the GPU back: until when, and the way around. */
export function GpuAwaited() {
  const until = useStudioState((s) => s.gpuAwaited);
  return until === null ? null : <Countdown until={Date.parse(until)} />;
}

function Countdown({ until }: { until: number }) {
  const now = useNow(1000);
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconClockPause />}
      title="The run waits for the GPU"
      mb="sm"
      flex="none"
      data-testid="gpu-awaited"
    >
      <Text size="sm">{awaitedSentence((until - now) / 1000)}</Text>
      <Group mt="xs">
        <Button size="compact-sm" onClick={() => window.location.reload()}>
          Reload the page
        </Button>
      </Group>
    </Alert>
  );
}
