/** Which photos the grid shows, and in what order. */
import { NativeSelect } from '@mantine/core';
import { measuredOf, type PhotoFilter, type PhotoOrder } from '../../client/photoFilter';
import { useMemo } from 'react';
import { measuredName, PROBLEM_NAMES, SPLIT_NAMES } from '../../client/room';
import { SPLITS } from '../../engine/dataset/types';
import { type PhotoColumns, problemBit, PROBLEMS } from '../../protocol/photos';
import { formatCount } from '../../words/format';
import { useStudio, useStudioState } from '../StudioContext';
import css from './room.module.css';

const ORDERS: Readonly<Record<PhotoOrder, string>> = {
  folder: 'As in the folder',
  loss: 'Greatest loss first',
  confident: 'Surest first',
  doubtful: 'Least sure first',
};

/** Half of all is where one class of two would be; above nine in ten people stop looking. */
const CONFIDENCES: readonly { label: string; range: PhotoFilter['confidence'] }[] = [
  { label: 'Any', range: [0, 1] },
  { label: 'Below 50 %', range: [0, 0.5] },
  { label: '50 to 90 %', range: [0.5, 0.9] },
  { label: 'Above 90 %', range: [0.9, 1] },
];

export function RoomFilters({ columns, names }: { columns: PhotoColumns; names: readonly string[] }) {
  const studio = useStudio();
  const filter = useStudioState((s) => s.photoFilter);
  const set = (patch: Partial<PhotoFilter>) => studio.filterPhotos(patch);
  const classes = [{ value: '', label: 'Any' }, ...names.map((label, i) => ({ value: String(i), label }))];
  const classOf = (value: string) => (value === '' ? null : Number(value));
  const { measured, counts } = columns;
  const problems = useMemo(() => problemChoices(columns), [columns]);
  const chosen = measuredOf(columns, filter.measured);
  return (
    <div className={css['filters']} data-testid="room-filters">
      <Choice
        label="Split"
        value={filter.split ?? ''}
        data={[
          { value: '', label: 'All' },
          ...SPLITS.filter((split) => counts[split] > 0).map((value) => ({ value, label: SPLIT_NAMES[value] })),
        ]}
        choose={(value) => set({ split: SPLITS.find((split) => split === value) ?? null })}
      />
      <Choice
        label="Class"
        value={filter.label === null ? '' : String(filter.label)}
        data={classes}
        choose={(value) => set({ label: classOf(value) })}
      />
      {problems.length > 0 && (
        <Choice
          label="Problem"
          value={filter.problem ?? ''}
          data={[{ value: '', label: 'Any or none' }, ...problems]}
          choose={(value) => set({ problem: PROBLEMS.find((problem) => problem === value) ?? null })}
        />
      )}
      {chosen && (
        <>
          <Choice
            label="Taken for"
            value={filter.predicted === null ? '' : String(filter.predicted)}
            data={classes}
            choose={(value) => set({ predicted: classOf(value) })}
          />
          <Choice
            label="Right or wrong"
            value={filter.outcome ?? ''}
            data={[
              { value: '', label: 'Both' },
              { value: 'right', label: 'Right' },
              { value: 'wrong', label: 'Wrong' },
            ]}
            choose={(value) => set({ outcome: value === 'right' || value === 'wrong' ? value : null })}
          />
          <Choice
            label="How sure it is"
            value={String(CONFIDENCES.findIndex(({ range }) => range.join() === filter.confidence.join()))}
            data={CONFIDENCES.map(({ label }, i) => ({ value: String(i), label }))}
            choose={(value) => set({ confidence: CONFIDENCES[Number(value)]!.range })}
          />
          <Choice
            label="Predicted by"
            value={String(measured.indexOf(chosen))}
            data={measured.map((one, i) => ({ value: String(i), label: measuredName(one, measured) }))}
            choose={(value) => {
              const { step, size, resize } = measured[Number(value)]!;
              set({ measured: { step, size, resize } });
            }}
          />
          <Choice
            label="Order"
            value={filter.order}
            data={Object.entries(ORDERS).map(([value, label]) => ({ value, label }))}
            choose={(value) => set({ order: value as PhotoOrder })}
          />
        </>
      )}
    </div>
  );
}

/** Those that some photo has, with how many. */
function problemChoices({ problems }: PhotoColumns): { value: string; label: string }[] {
  return PROBLEMS.flatMap((problem) => {
    const bit = problemBit(problem);
    const count = problems.reduce((sum, set) => sum + (set & bit ? 1 : 0), 0);
    return count > 0 ? [{ value: problem, label: `${PROBLEM_NAMES[problem]} (${formatCount(count)})` }] : [];
  });
}

interface ChoiceProps {
  label: string;
  value: string;
  data: { value: string; label: string }[];
  choose: (value: string) => void;
}

function Choice({ label, value, data, choose }: ChoiceProps) {
  return (
    <NativeSelect
      size="xs"
      label={label}
      data={data}
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  );
}
