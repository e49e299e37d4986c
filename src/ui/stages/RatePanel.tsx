/** What a search for a learning rate finds, and one click to train with it. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useDeferredValue } from 'react';
import { isBusy, type RateSearch } from '../../client/state';
import { rateText, roundRate } from '../../engine/analysis/learningRate';
import { RateChart } from '../charts/RateChart';
import { useStudio, useStudioState } from '../StudioContext';

export function RatePanel({ search }: { search: RateSearch }) {
  // Drawn when the page has time for it: a search never holds a click up.
  const shown = useDeferredValue(search);
  return (
    <RateChart
      search={shown}
      action={
        <>
          {search.suggestedRates && <UseButton lr={search.suggestedRates.valley} />}
          {search.ended !== 'running' && <PutAwayButton />}
        </>
      }
    />
  );
}

function PutAwayButton() {
  const studio = useStudio();
  return (
    <Tooltip label="Put away">
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        onClick={() => studio.dismissSearch()}
        aria-label="Put the search for a learning rate away"
        data-testid="dismiss-search"
      >
        <IconX size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

function UseButton({ lr }: { lr: number }) {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  const used = useStudioState((s) => s.config.lr === roundRate(lr));
  return (
    <Button
      size="compact-xs"
      variant="light"
      disabled={busy || used}
      onClick={() => studio.setConfig({ lr: roundRate(lr) })}
      data-testid="use-rate"
    >
      {used ? `${rateText(lr)} is set` : `Use ${rateText(lr)}`}
    </Button>
  );
}
