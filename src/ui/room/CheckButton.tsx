/** Looks at every photo for copies, leaks and what is odd; says what it has found. */
import { Button, Progress, Text } from '@mantine/core';
import { checkSentence } from '../../client/room';
import { isBusy } from '../../client/state';
import type { PhotoColumns } from '../../protocol/photos';
import { formatCount, keepUnits } from '../../words/format';
import { shown, useStudio, useStudioState } from '../StudioContext';
import css from './room.module.css';

export function CheckButton({ columns: { check } }: { columns: PhotoColumns }) {
  const studio = useStudio();
  const checking = useStudioState((s) => s.checking);
  const busy = useStudioState(isBusy);
  if (checking) {
    const { done, of } = checking;
    return (
      <div className={css['draft']}>
        <Progress w={110} value={of > 0 ? (100 * done) / of : 0} aria-label="Photos looked at" />
        <span className="figures">
          {formatCount(done)} of {formatCount(of)} looked at
        </span>
        <Button size="compact-xs" variant="default" onClick={() => shown(studio.stopChecking())}>
          Stop
        </Button>
      </div>
    );
  }
  if (check) {
    return (
      <Text component="output" size="sm" data-testid="check-sentence">
        {keepUnits(checkSentence(check))}
      </Text>
    );
  }
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={busy}
      onClick={() => shown(studio.checkPhotos())}
      data-testid="check-photos"
    >
      Look for copies and odd photos
    </Button>
  );
}
