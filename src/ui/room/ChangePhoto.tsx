/** What can be changed of a photo: whether it is used, its class, its split. Of the data set; never of the file. */
import { Checkbox, NativeSelect } from '@mantine/core';
import { withChange } from '../../client/photoDraft';
import { placeOf } from '../../client/photoFilter';
import { SPLIT_NAMES } from '../../client/room';
import { SPLITS } from '../../engine/dataset/types';
import type { PhotoColumns } from '../../protocol/photos';
import { useStudio, useStudioState } from '../StudioContext';
import css from './room.module.css';

interface Props {
  photo: number;
  columns: PhotoColumns;
  names: readonly string[];
}

export function ChangePhoto({ photo, columns, names }: Props) {
  const studio = useStudio();
  const draft = useStudioState((s) => s.photoDraft);
  const own = draft.changes.get(photo) ?? {};
  const set = (change: Parameters<typeof withChange>[2]) =>
    studio.draftChanges(withChange(draft, [photo], change, columns));
  return (
    <div className={css['change']} data-testid="change-photo">
      <NativeSelect
        size="xs"
        label="Its class should be"
        disabled={own.leaveOut === true}
        data={names.map((label, i) => ({ value: String(i), label }))}
        value={String(own.label ?? columns.labels[photo])}
        onChange={(event) => set({ label: Number(event.currentTarget.value) })}
      />
      <NativeSelect
        size="xs"
        label="Its split should be"
        disabled={own.leaveOut === true}
        data={SPLITS.map((value) => ({ value, label: SPLIT_NAMES[value] }))}
        value={own.to ?? placeOf(columns.counts, photo).split}
        onChange={(event) => set({ to: SPLITS.find((split) => split === event.currentTarget.value)! })}
      />
      <Checkbox
        size="xs"
        label="Leave it out"
        checked={own.leaveOut === true}
        onChange={(event) => set({ leaveOut: event.currentTarget.checked })}
      />
    </div>
  );
}
