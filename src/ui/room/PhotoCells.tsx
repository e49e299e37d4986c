/**
 * A grid of any number of photos, of which only the rows in sight are drawn. One cell is in the tab order; arrow keys go from
 * one to the next.
 */
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { withoutPrefix } from '../../client/classNames';
import { saidLines, saidOf, SPLIT_NAMES } from '../../client/room';
import type { Thumbnails } from '../../client/thumbnails';
import type { MeasuredPhotos, PhotoChange, PhotoColumns } from '../../protocol/photos';
import { useStudioState } from '../StudioContext';
import css from './room.module.css';

/** A photo's least width, px; a line of words; gaps. */
const LEAST_PX = 132;
const LINE_PX = 17;
const GAP_PX = 8;
const PADDING_PX = 6;
/** Rows beside those in sight: their photos are asked for before they are seen. */
const OVERSCAN = 2;
/** Before it has been measured, px. */
const USUAL_WIDTH = 840;

interface Props {
  /** Numbers, in their order. */
  photos: Int32Array;
  columns: PhotoColumns;
  measured: MeasuredPhotos | null;
  names: readonly string[];
  thumbnails: Thumbnails;
  /** The photo at this place among `photos`. */
  open: (place: number) => void;
}

export function PhotoCells({ photos, columns, measured, names, thumbnails, open }: Props) {
  const changes = useStudioState((s) => s.photoDraft.changes);
  const scroll = useRef<HTMLDivElement>(null);
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(scroll, sized);
  // In captions; what is read aloud and hovered names them whole.
  const short = useMemo(() => withoutPrefix(names), [names]);
  const [wanted, setActive] = useState(0);
  const active = Math.min(wanted, photos.length - 1);
  const inner = (width || USUAL_WIDTH) - PADDING_PX;
  const perRow = Math.max(2, Math.floor((inner + GAP_PX) / (LEAST_PX + GAP_PX)));
  const photoHeight = Math.round(((inner - (perRow - 1) * GAP_PX) / perRow) * 0.75);
  const rowHeight = photoHeight + LINE_PX * (measured ? 3 : 1) + GAP_PX + PADDING_PX;
  const rows = Math.ceil(photos.length / perRow);
  // It is drawn anew at every scroll: there is nothing to remember.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (row) => `${row} ${rowHeight}`,
    overscan: OVERSCAN,
    initialRect: { width: USUAL_WIDTH, height: 480 },
  });
  const onOpen = useCallback(
    (place: number) => {
      setActive(place);
      open(place);
    },
    [open],
  );

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight)) * perRow;
    const step: Partial<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -perRow,
      ArrowDown: perRow,
      PageUp: -page,
      PageDown: page,
      Home: -photos.length,
      End: photos.length,
    };
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      onOpen(active);
      return;
    }
    const by = step[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(photos.length - 1, active + by));
    setActive(next);
    virtual.scrollToIndex(Math.floor(next / perRow));
    // It may have to be drawn first.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-place="${next}"]`)?.focus()),
    );
  }

  return (
    <div
      className={css['grid']}
      ref={ref}
      role="grid"
      aria-label="Photos"
      aria-rowcount={rows}
      aria-colcount={perRow}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div
        className={css['rows']}
        role="presentation"
        style={{ height: virtual.getTotalSize(), '--columns': perRow, '--photo-height': `${photoHeight}px` } as object}
      >
        {virtual.getVirtualItems().map(({ index: row, start }) => (
          <div
            key={row}
            className={css['row']}
            // Tables' own elements cannot be placed by hand.
            // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
            role="row"
            aria-rowindex={row + 1}
            style={{ transform: `translateY(${start}px)` }}
          >
            {Array.from({ length: Math.min(perRow, photos.length - row * perRow) }, (_, i) => {
              const place = row * perRow + i;
              const photo = photos[place]!;
              const said = saidOf(columns, measured, photo);
              const label = columns.labels[photo]!;
              return (
                <Cell
                  key={photo}
                  photo={photo}
                  place={place}
                  column={i + 1}
                  label={names[label] ?? ''}
                  caption={short[label] ?? ''}
                  note={said ? saidLines(said, label, short).join('\n') : ''}
                  wrong={said !== null && said.predicted !== label}
                  // Where the active one is out of sight, tabbing leads to the first that is in sight.
                  stop={place === active || (i === 0 && row === virtual.range?.startIndex)}
                  change={changeWords(changes.get(photo), short)}
                  thumbnails={thumbnails}
                  open={onOpen}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

function changeWords(change: PhotoChange | undefined, names: readonly string[]): string {
  if (!change) return '';
  if (change.leaveOut) return 'left out';
  return [
    change.label !== undefined && `→ ${names[change.label]}`,
    change.to && `→ ${SPLIT_NAMES[change.to].toLowerCase()}`,
  ]
    .filter(Boolean)
    .join(' ');
}

interface CellProps {
  photo: number;
  place: number;
  column: number;
  label: string;
  /** The label as there is room for. */
  caption: string;
  note: string;
  wrong: boolean;
  stop: boolean;
  /** That is drafted for it; empty for none. */
  change: string;
  thumbnails: Thumbnails;
  open: (place: number) => void;
}

const Cell = memo((props: CellProps) => {
  const { photo, place, column, label, caption, note, wrong, stop, change, thumbnails, open } = props;
  const subscribe = useCallback((changed: () => void) => thumbnails.want(photo, changed), [thumbnails, photo]);
  const thumbnail = useSyncExternalStore(
    subscribe,
    () => thumbnails.get(photo),
    () => undefined,
  );
  const name = thumbnail?.name ?? '';
  const lines = note.split('\n').filter(Boolean);
  return (
    // Keys are the grid's.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      className={css['cell']}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="gridcell"
      aria-colindex={column}
      aria-label={[name, label, change, ...lines].filter(Boolean).join(', ')}
      title={[name, label, note].filter(Boolean).join('\n')}
      tabIndex={stop ? 0 : -1}
      data-place={place}
      data-wrong={wrong || undefined}
      data-changed={change !== '' || undefined}
      onClick={() => open(place)}
    >
      <div className={css['thumbnail']}>
        {thumbnail?.url && <img src={thumbnail.url} alt="" decoding="async" draggable={false} />}
        {thumbnail?.url === null && 'unreadable'}
      </div>
      <div className={css['caption']}>{change || caption}</div>
      {lines.map((line) => (
        <div key={line} className={`${css['caption']} ${css['note']}`}>
          {line}
        </div>
      ))}
    </div>
  );
});
Cell.displayName = 'Cell';
