/** Before a run: what makes the folder's split measure on what was trained on, each with the way out. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { splitSurplus } from '../../client/photoDraft';
import { isBusy } from '../../client/state';
import type { DatasetSummary } from '../../engine/dataset/types';
import { NONE } from '../../engine/dataset/settings';
import { formatNoun } from '../../words/format';
import { copiesSentence, groupsSentence } from '../../words/splitTroubles';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { useOpenPhotos } from '../useOpenPhotos';

export function SplitTroubles({ dataset }: { dataset: DatasetSummary }) {
  const studio = useStudio();
  const { understand, mayReplace } = useOpenPhotos();
  const busy = useStudioState(isBusy);
  const copies = useStudioState((s) => s.splitCopies);
  const { groupsAcross, settings } = dataset;
  const sentence = copiesSentence(copies);
  const surplus = splitSurplus(copies);
  const leaveOut = async () => {
    if (await mayReplace()) await studio.leaveOutCopies();
  };
  return (
    <>
      {groupsAcross && (
        <Trouble testId="groups-across" text={groupsSentence(groupsAcross)}>
          {dataset.warningCounts['no-split'] === undefined && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={busy}
              onClick={() => understand({ ...settings, splitColumn: NONE, groupColumn: groupsAcross.column })}
            >
              Split anew by {groupsAcross.column}
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={() => studio.showPhotos({ problem: 'group' })}>
            Show them
          </Button>
        </Trouble>
      )}
      {sentence && (
        <Trouble testId="split-copies" text={`${sentence} Those that are measured on stay.`}>
          <Button size="compact-sm" variant="default" disabled={busy} onClick={() => shown(leaveOut())}>
            Leave out {formatNoun(surplus.length, 'copy', 'copies')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => studio.showPhotos({ problem: 'leak' })}>
            Show them
          </Button>
        </Trouble>
      )}
    </>
  );
}

function Trouble({ testId, text, children }: { testId: string; text: string; children: ReactNode }) {
  return (
    <Alert color="yellow" variant="light" icon={<IconAlertTriangle />} data-testid={testId}>
      <Text size="sm" mb="xs" style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Text>
      <Group gap="xs">{children}</Group>
    </Alert>
  );
}
