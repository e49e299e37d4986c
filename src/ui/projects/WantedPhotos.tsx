/** A kept project whose photos could not be opened: what is safe, and the ways on. */
import { Button, Group, Text } from '@mantine/core';
import type { StudioState } from '../../client/state';
import { wantedSentence } from '../../words/saving';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { useOpenPhotos } from '../useOpenPhotos';

export function WantedPhotos({ wanted }: { wanted: NonNullable<StudioState['wanted']> }) {
  const studio = useStudio();
  const open = useOpenPhotos();
  const hasFigures = useStudioState((s) => s.kept.length > 0);
  const { name, tried, refused } = wanted;
  return (
    <>
      <Text size="sm">{wantedSentence(name)}</Text>
      <Group mt="xs" gap="xs">
        <Button
          size="compact-sm"
          // One thing stands out: where the browser can be asked again, that.
          variant={refused ? 'default' : 'filled'}
          onClick={() => open.choose()}
          data-testid="choose-again"
        >
          Choose its folder again
        </Button>
        {hasFigures && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              studio.dismissFailure();
              studio.showProjects(false);
              studio.goTo('runs');
            }}
            data-testid="see-figures"
          >
            See its figures
          </Button>
        )}
        {tried && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => shown(studio.openDirectory(tried, undefined, true))}
            data-testid="begin-anew"
          >
            Begin a project with {tried.name}
          </Button>
        )}
      </Group>
    </>
  );
}
