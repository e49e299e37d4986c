/** Smaller copies of the photos, for those who want them: what they would take, what is kept, and one click to be rid of it. */
import { Button, Group, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { keepUnits } from '../../words/format';
import { copiesSentences } from '../../client/sentences';
import { isBusy } from '../../client/state';
import type { Studio } from '../../client/studio';
import { COMMON_FIELDS } from '../../engine/experiments/common/meta';
import type { StudioConfig } from '../../engine/experiments/meta';
import { Card } from './Card';
import { FieldRow } from '../settings/FieldRow';
import { useStudio, useStudioState } from '../StudioContext';
import { useConfigAnswer } from '../useConfigAnswer';

const WAIT_MS = 500;

const askForReport = (studio: Studio, config: StudioConfig) => studio.copies({ config });

export function CopiesPanel() {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const busy = useStudioState(isBusy);
  // A run that ends may have made more.
  const { answer: report, error, refresh } = useConfigAnswer(!busy, WAIT_MS, askForReport);
  const sentences = report && copiesSentences(report, config.cacheSide);
  const asked = sentences ?? [error ?? (busy ? 'The run is using them.' : 'Trying on a few photos what they take …')];
  return (
    <Card title={COMMON_FIELDS.cacheSide.label} testId="copies">
      <Text size="sm" mb="md" maw={640}>
        {COMMON_FIELDS.cacheSide.why}
      </Text>
      <FieldRow name="cacheSide" field={COMMON_FIELDS.cacheSide} disabled={busy} />
      <Group justify="space-between" mt={8}>
        <Text component="output" size="sm" c="dimmed" data-testid="copies-sentence">
          {keepUnits(asked.join(' '))}
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} />}
          disabled={busy || !report || report.stored.count === 0}
          onClick={() => void studio.clearCopies().then(refresh, refresh)}
          data-testid="clear-copies"
        >
          Delete copies
        </Button>
      </Group>
    </Card>
  );
}
