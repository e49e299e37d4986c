/** Changes to photos: what is drafted, to be taken back or made; what was made, to be undone or taken along as a table. */
import { Button } from '@mantine/core';
import { changesText, countChanges, surplusPhotos, undone, withChange } from '../../client/photoDraft';
import type { EditSummary } from '../../engine/dataset/types';
import { isBusy } from '../../client/state';
import type { PhotoColumns } from '../../protocol/photos';
import { formatNoun } from '../../words/format';
import { useConfirm } from '../Confirm';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { useMayChange } from '../useMayChange';
import css from './room.module.css';

/** More at once than a person has looked at. */
const MANY = 12;

interface Props {
  columns: PhotoColumns;
  /** Those that the filter leaves. */
  photos: Int32Array;
  /** That were made. */
  edits: EditSummary | undefined;
}

export function DraftBar({ columns, photos, edits }: Props) {
  const studio = useStudio();
  const confirm = useConfirm();
  const draft = useStudioState((s) => s.photoDraft);
  const busy = useStudioState(isBusy);
  const mayReplace = useMayChange();
  const leaveOut = (some: Iterable<number>) =>
    studio.draftChanges(withChange(draft, some, { leaveOut: true }, columns));
  const surplus = columns.check
    ? surplusPhotos(columns.check, columns).filter((photo) => !draft.changes.get(photo)?.leaveOut)
    : [];
  const isSome = photos.length > 0 && photos.length < columns.labels.length;
  const drafted = countChanges(draft);

  async function leaveOutShown(): Promise<void> {
    const sure =
      photos.length <= MANY ||
      (await confirm({
        title: `Leave out ${formatNoun(photos.length, 'photo')}?`,
        body: 'All that the filters show now. It can be undone, and no file is touched.',
        action: 'Leave them out',
      }));
    if (sure) leaveOut(photos);
  }
  const make = async () => {
    if (await mayReplace()) await studio.makeChanges(columns.counts);
  };
  const putBack = async () => {
    if (await mayReplace()) await studio.putPhotosBack();
  };

  return (
    <div className={css['draft']} data-testid="draft">
      {surplus.length > 0 && (
        <Button size="compact-xs" variant="default" onClick={() => leaveOut(surplus)} data-testid="leave-out-copies">
          Leave out {formatNoun(surplus.length, 'copy', 'copies')}
        </Button>
      )}
      {isSome && (
        <Button size="compact-xs" variant="default" onClick={() => void leaveOutShown()}>
          Leave out these {formatNoun(photos.length, 'photo')}
        </Button>
      )}
      {draft.past.length > 0 && (
        <Button size="compact-xs" variant="default" onClick={() => studio.draftChanges(undone(draft))}>
          Undo
        </Button>
      )}
      {draft.changes.size > 0 && (
        <>
          <span data-testid="drafted">{changesText(drafted)}, once you say so:</span>
          <Button size="compact-xs" disabled={busy} onClick={() => shown(make())} data-testid="make-changes">
            Make these changes
          </Button>
        </>
      )}
      {edits && (
        <>
          <span data-testid="edits">Changed: {changesText(edits)}.</span>
          <Button size="compact-xs" variant="default" disabled={busy} onClick={() => shown(putBack())}>
            Put all back
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => shown(studio.download('photos'))}>
            photos.csv
          </Button>
        </>
      )}
    </div>
  );
}
