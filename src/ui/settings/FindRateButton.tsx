import { Button } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useShallow } from 'zustand/react/shallow';
import { startBlock } from '../../client/selectors';
import { shown, useStudio, useStudioState } from '../StudioContext';

/** Starts the search for a learning rate, which the stage shows. */
export function FindRateButton() {
  const studio = useStudio();
  const blocked = useStudioState(useShallow((s) => startBlock(s, 'lrFinder'))) !== null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      mb="sm"
      leftSection={<IconChartLine size={14} />}
      disabled={blocked}
      onClick={() => shown(studio.start('lrFinder'))}
      data-testid="find-rate"
    >
      Find a learning rate
    </Button>
  );
}
