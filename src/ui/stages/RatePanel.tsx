/** What a search for a learning rate finds, and one click to train with it. */
import { Button } from '@mantine/core';
import { useDeferredValue } from 'react';
import { isBusy, type RateSearch } from '../../client/state';
import { rateText, roundRate } from '../../engine/analysis/learningRate';
import { RateChart } from '../charts/RateChart';
import { useStudio, useStudioState } from '../StudioContext';

export function RatePanel({ search, height }: { search: RateSearch; height: number }) {
  // Drawn when the page has time for it: a search never holds a click up.
  const shown = useDeferredValue(search);
  return (
    <RateChart search={shown} height={height} action={search.suggested && <UseButton lr={search.suggested.valley} />} />
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
