import { Group, Switch, Text } from '@mantine/core';
import { keepUnits } from '../../words/format';
import { orientationSentence } from '../../client/sentences';
import { isBusy } from '../../client/state';
import { COMMON_FIELDS } from '../../engine/experiments/common/meta';
import { useStudio, useStudioState } from '../StudioContext';

/** Those of the folder's `photos` that EXIF wants turned, where there are any, and the switch that says whether they are. */
export function OrientationNote({ photos }: { photos: number }) {
  const studio = useStudio();
  const orientations = useStudioState((s) => s.orientations);
  const respectExif = useStudioState((s) => s.config.respectExif);
  const busy = useStudioState(isBusy);
  if (!orientations || orientations.turned === 0) return null;
  return (
    <Group className="card" p="xs" gap="xs" data-testid="orientations">
      <Text size="sm">{keepUnits(orientationSentence(orientations, photos, respectExif))}</Text>
      <Switch
        size="xs"
        label={COMMON_FIELDS.respectExif.label}
        checked={respectExif}
        disabled={busy}
        onChange={(event) => studio.setConfig({ respectExif: event.currentTarget.checked })}
        data-testid="respect-exif"
      />
    </Group>
  );
}
