/** Smaller copies of the photos, for those who want them: what they would take, what is kept, and one click to be rid of it. */
import { Button, Group, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { keepUnits } from '../../client/format';
import { copiesSentences } from '../../client/sentences';
import { isBusy } from '../../client/state';
import { toErrorData } from '../../engine/base/errors';
import { COMMON_FIELDS } from '../../engine/experiments/common/meta';
import type { CopiesReport } from '../../protocol/messages';
import { FieldRow } from '../settings/FieldRow';
import { useStudio, useStudioState } from '../StudioContext';

/** Settings are typed digit by digit. */
const WAIT_MS = 500;

export function CopiesPanel() {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const busy = useStudioState(isBusy);
  const { report, error, refresh } = useReport();
  const sentences = report && copiesSentences(report, config.copySide);
  const asked = sentences ?? [error ?? (busy ? 'The run is using them.' : 'Trying on a few photos what they take …')];
  return (
    <section aria-labelledby="copies-title" data-testid="copies">
      <Title order={3} size="h6" id="copies-title" mb={8}>
        {COMMON_FIELDS.copySide.label}
      </Title>
      <div className="card" style={{ padding: '8px 12px' }}>
        <FieldRow name="copySide" field={COMMON_FIELDS.copySide} disabled={busy} />
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
      </div>
    </section>
  );
}

/** Asked for again when the settings change, when a run ends, and when the copies have been deleted. */
function useReport() {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const busy = useStudioState(isBusy);
  const [report, setReport] = useState<CopiesReport | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    if (busy) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      studio.copies({ config }).then(
        (found) => {
          if (gone) return;
          setReport(found);
          setError(null);
        },
        (thrown: unknown) => !gone && setError(toErrorData(thrown).message),
      );
    }, WAIT_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [studio, config, busy]);
  const refresh = () => studio.copies({ config }).then(setReport, () => setReport(null));
  return { report, error, refresh };
}
