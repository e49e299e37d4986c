/** What the network is doing with all photos, how far that is, and the button that stops it. */
import { Button, Text } from '@mantine/core';
import { mapProgressWords } from '../../client/mapPoints';
import type { MapProgress } from '../../protocol/photos';
import { shown, useStudio } from '../StudioContext';

export function MappingProgress({ mapping }: { mapping: MapProgress }) {
  const studio = useStudio();
  return (
    <>
      <Text component="output" size="sm">
        {mapProgressWords(mapping)}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => shown(studio.stopMapping())}>
        Stop
      </Button>
    </>
  );
}
