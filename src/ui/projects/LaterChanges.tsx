/** Photos as a project was made of them, where they were changed after that; and the way back to the changes. */
import { Button, Group, Text } from '@mantine/core';
import { isBusy } from '../../client/state';
import { LATER_CHANGES } from '../../words/saving';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { useMayChange } from '../useMayChange';
import css from './projects.module.css';

export function LaterChanges() {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  const mayChange = useMayChange();
  const make = async () => {
    if (await mayChange()) await studio.makeLaterChanges();
  };
  return (
    <Group className={`card ${css['notice']}`} justify="space-between" data-testid="later-changes">
      <Text size="sm" className={css['name']} component="output">
        {LATER_CHANGES}
      </Text>
      <Button size="compact-sm" variant="default" disabled={busy} onClick={() => shown(make())}>
        Change them again
      </Button>
    </Group>
  );
}
