/** Which photos the grid shows, and in what order; where there is little room, behind a button that says how much is set. */
import { Button, NativeSelect } from '@mantine/core';
import { useId } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { countChosen, isSame, measuredOf, type PhotoFilter, type PhotoOrder } from '../../client/photoFilter';
import { measuredName, PROBLEM_NAMES, SPLIT_NAMES } from '../../client/room';
import { SPLITS } from '../../engine/dataset/types';
import { type Measured, type PhotoColumns, problemBit, PROBLEMS } from '../../protocol/photos';
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

interface Props {
  columns: PhotoColumns;
  names: readonly string[];
  /** Of which measurements class maps are shown, two at most. */
  mapped: readonly Measured[];
}

export function RoomFilters({ columns, names, mapped }: Props) {
  const studio = useStudio();
  const filter = useStudioState((s) => s.photoFilter);
  const classes = [{ value: '', label: 'Any' }, ...names.map((label, i) => ({ value: String(i), label }))];
  const classOf = (value: string) => (value === '' ? null : Number(value));
  const { measured, counts } = columns;
  const problems = useMemo(() => problemChoices(columns, filter.problem), [columns, filter.problem]);
  const chosen = measuredOf(columns, filter.measured);
  const [open, setOpen] = useState(false);
  const id = useId();
  const set = (patch: Partial<PhotoFilter>) => studio.filterPhotos(patch);
  const count = countChosen(columns, filter) + mapped.length;
  return (
    <>
      <Button
        className={css['fold']}
        size="xs"
        variant="default"
        leftSection={<IconFilter size={14} aria-hidden />}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {count > 0 ? `Filters (${count} set)` : 'Filters'}
      </Button>
      <div id={id} className={css['filters']} data-open={open || undefined} data-testid="room-filters">
        <Choice
          label="Split"
          value={filter.split ?? ''}
          data={[
            { value: '', label: 'All' },
            ...SPLITS.filter((split) => counts[split] > 0 || filter.split === split).map((value) => ({
              value,
              label: SPLIT_NAMES[value],
            })),
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
            <MapChoice label="Class map" none="Off" at={0} {...{ measured, mapped }} />
            {mapped.length > 0 && <MapChoice label="Beside it" none="Nothing" at={1} {...{ measured, mapped }} />}
          </>
        )}
      </div>
    </>
  );
}

interface MapChoiceProps extends Pick<Props, 'mapped'> {
  label: string;
  none: string;
  /** Which of the maps, from 0. */
  at: number;
  measured: readonly Measured[];
}

function MapChoice({ label, none, at, measured, mapped }: MapChoiceProps) {
  const studio = useStudio();
  const before = mapped.slice(0, at);
  const own = mapped[at];
  const free = measured.filter((one) => !before.some((other) => isSame(one, other)));
  return (
    <Choice
      label={label}
      value={own ? String(measured.findIndex((one) => isSame(one, own))) : ''}
      data={[
        { value: '', label: none },
        ...free.map((one) => ({ value: String(measured.indexOf(one)), label: measuredName(one, measured) })),
      ]}
      choose={(value) => {
        const chosen = measured.filter((_, i) => String(i) === value);
        const after = mapped.slice(at + 1).filter((one) => chosen.some((other) => !isSame(one, other)));
        studio.showClassMaps([...before, ...chosen, ...after]);
      }}
    />
  );
}

/** Those that some photo has, with how many, and the one that is chosen. */
function problemChoices(
  { problems }: PhotoColumns,
  chosen: PhotoFilter['problem'],
): { value: string; label: string }[] {
  return PROBLEMS.flatMap((problem) => {
    const bit = problemBit(problem);
    const count = problems.reduce((sum, set) => sum + (set & bit ? 1 : 0), 0);
    return count > 0 || problem === chosen
      ? [{ value: problem, label: `${PROBLEM_NAMES[problem]} (${formatCount(count)})` }]
      : [];
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
