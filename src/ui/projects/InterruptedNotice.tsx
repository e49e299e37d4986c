/** A run of the open project that an earlier visit did not end, and the way on with it. */
import { Button, Group, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { UnfinishedRun } from '../../protocol/projects';
import { interruptedSentence } from '../../words/saving';
import { shown, useStudio, useStudioState } from '../StudioContext';
import css from './projects.module.css';

export function InterruptedNotice({ run }: { run: UnfinishedRun }) {
  const studio = useStudio();
  const opening = useStudioState((s) => s.opening !== null);
  return (
    <Group className={`card ${css['notice']}`} justify="space-between" data-testid="interrupted">
      <Text size="sm" className={css['name']} component="output">
        {interruptedSentence(run)}
      </Text>
      <Button
        size="compact-sm"
        leftSection={<IconPlayerPlay size={15} />}
        disabled={opening}
        onClick={() => shown(studio.continueRun())}
        data-testid="continue"
      >
        Continue
      </Button>
    </Group>
  );
}
