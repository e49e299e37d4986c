/**
 * A grid of any number of photos, of which only the rows in sight are drawn. One cell is in the tab order; arrow keys go from
 * one to the next.
 */
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  memo,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { withoutPrefix } from '../../client/classNames';
import type { LazyCache } from '../../client/lazyCache';
import { mappedLines, mappedWords, saidLines, saidOf, SPLIT_NAMES } from '../../client/room';
import type { Thumbnails } from '../../client/thumbnails';
import type { MappedPhoto, Measured, MeasuredPhotos, PhotoChange, PhotoColumns } from '../../protocol/photos';
import { Name } from '../Name';
import { useStudio, useStudioState } from '../StudioContext';
import { CellMaps } from './CellMaps';
import { useGridFocus } from './useGridFocus';
import { useGridPlace } from './useGridPlace';
import css from './room.module.css';

/** A photo's least width, px; a line of words; gaps. */
const LEAST_PX = 140;
const LINE_PX = 17;
const GAP_PX = 8;
const PADDING_PX = 6;
/** Rows beside those in sight: their photos are asked for before they are seen. */
const OVERSCAN = 2;
/** Before it has been measured, px. */
const USUAL_WIDTH = 840;
/** A photo's height in widths. */
const ASPECT = 0.75;

interface Props {
  /** Numbers, in their order. */
  photos: Int32Array;
  columns: PhotoColumns;
  measured: MeasuredPhotos | null;
  /** Of `mapped`, one measurement or two beside one another, in place of what `measured` says; null for none. */
  maps: LazyCache<MappedPhoto> | null;
  mapped: readonly Measured[];
  names: readonly string[];
  thumbnails: Thumbnails;
  /** The place of the photo that is shown large, -1 where the filter leaves it out; null while none is. */
  looked: number | null;
  /** The photo at this place among `photos`. */
  open: (place: number) => void;
}

export function PhotoCells({ photos, columns, measured, maps, mapped, names, thumbnails, looked, open }: Props) {
  const studio = useStudio();
  const filter = useStudioState((s) => s.photoFilter);
  const changes = useStudioState((s) => s.photoDraft.changes);
  const scroll = useRef<HTMLDivElement>(null);
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(scroll, sized);
  // In captions; what is read aloud and hovered names them whole.
  const short = useMemo(() => withoutPrefix(names), [names]);
  const [wanted, setActive] = useState(() => studio.store.getState().gridPlace);
  const [filtered, setFiltered] = useState(filter);
  if (filtered !== filter) {
    setFiltered(filter);
    setActive(0);
  }
  // Whoever has stepped through photos finds the last one again.
  if (looked !== null && looked >= 0 && looked !== wanted) setActive(looked);
  const active = Math.min(wanted, photos.length - 1);
  const inner = (width || USUAL_WIDTH) - PADDING_PX;
  const { perRow, photoHeight, zoom } = layoutOf(inner, mapped);
  const lines = maps ? mapped.length : measured ? 2 : 0;
  const rowHeight = photoHeight + LINE_PX * (1 + lines) + GAP_PX + PADDING_PX;
  const rows = Math.ceil(photos.length / perRow);
  // Another function would have all rows measured anew.
  const keyOf = useCallback((row: number) => `${row} ${rowHeight}`, [rowHeight]);
  // It is drawn anew at every scroll: there is nothing to remember.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: OVERSCAN,
    initialRect: { width: USUAL_WIDTH, height: 480 },
  });
  const onScrolling = useGridPlace(scroll, { isMeasured: width > 0, perRow, rowHeight });
  const focus = useGridFocus(scroll, active, setActive);
  const focusOn = (place: number) => {
    virtual.scrollToIndex(Math.floor(place / perRow));
    focus.take(place);
  };
  const lastLooked = useRef(looked);
  useEffect(() => {
    if (looked === null && lastLooked.current !== null) focusOn(active);
    lastLooked.current = looked;
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
    focusOn(next);
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
      {...onScrolling}
      onFocus={focus.onFocus}
      onBlur={focus.onBlur}
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
              const said = maps ? null : saidOf(columns, measured, photo);
              const label = columns.labels[photo]!;
              return (
                <Cell
                  key={photo}
                  photo={photo}
                  place={place}
                  column={i + 1}
                  label={label}
                  names={names}
                  short={short}
                  note={said ? saidLines(said, label, short).join('\n') : ''}
                  wrong={said !== null && said.predicted !== label}
                  // Where the active one is out of sight, tabbing leads to the first that is in sight.
                  stop={place === active || (i === 0 && row === virtual.range?.startIndex)}
                  change={changeWords(changes.get(photo), short)}
                  thumbnails={thumbnails}
                  maps={maps ?? NO_MAPS}
                  known={columns.measured}
                  zoom={zoom}
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

/** Photos a row, how high they are, px, and the scale of class maps: one is as high as the photo, two are as wide as it. */
function layoutOf(width: number, mapped: readonly Measured[]) {
  const two = mapped.length > 1;
  const least = two ? 2 * LEAST_PX : LEAST_PX;
  const perRow = Math.max(two ? 1 : 2, Math.floor((width + GAP_PX) / (least + GAP_PX)));
  const cell = (width - (perRow - 1) * GAP_PX) / perRow;
  const sizes = mapped.map(({ size }) => size);
  if (!two) {
    const photoHeight = Math.round(cell * ASPECT);
    return { perRow, photoHeight, zoom: photoHeight / (sizes[0] ?? 1) };
  }
  const zoom = (cell - GAP_PX) / sizes.reduce((sum, size) => sum + size, 0);
  return { perRow, photoHeight: Math.round(zoom * Math.max(...sizes)), zoom };
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
  label: number;
  names: readonly string[];
  /** As there is room for. */
  short: readonly string[];
  note: string;
  wrong: boolean;
  stop: boolean;
  /** That is drafted for it; empty for none. */
  change: string;
  thumbnails: Thumbnails;
  maps: Pick<LazyCache<MappedPhoto>, 'get' | 'want'>;
  known: readonly Measured[];
  /** Of maps: px of the page a px of a view. */
  zoom: number;
  open: (place: number) => void;
}

const NO_MAPS: CellProps['maps'] = { get: () => undefined, want: () => () => undefined };

function useCached<T>(cache: Pick<LazyCache<T>, 'get' | 'want'>, photo: number): T | undefined {
  const subscribe = useCallback((changed: () => void) => cache.want(photo, changed), [cache, photo]);
  return useSyncExternalStore(
    subscribe,
    () => cache.get(photo),
    () => undefined,
  );
}

const Cell = memo((props: CellProps) => {
  const { photo, place, column, label, names, short, note, wrong, stop, change, known, zoom, open } = props;
  const thumbnail = useCached(props.thumbnails, photo);
  const mapped = useCached(props.maps, photo);
  const name = thumbnail?.name ?? '';
  const said = note.split('\n').filter(Boolean);
  const lines = mapped ? mappedLines(mapped, label, short) : said.map((words) => ({ words, wrong }));
  const spoken = [mapped && mappedWords(mapped, names, known), ...lines.map(({ words }) => words)];
  return (
    // Keys are the grid's.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      className={css['cell']}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="gridcell"
      aria-colindex={column}
      aria-label={[name, names[label], change, ...spoken].filter(Boolean).join(', ')}
      title={[name, names[label], ...spoken].filter(Boolean).join('\n')}
      tabIndex={stop ? 0 : -1}
      data-place={place}
      data-changed={change !== '' || undefined}
      onClick={() => open(place)}
    >
      <div className={css['thumbnail']} data-mapped={typeof mapped === 'object' || undefined}>
        {mapped && typeof mapped !== 'string' ? (
          <CellMaps views={mapped} zoom={zoom} />
        ) : (
          <>
            {thumbnail?.url && <img src={thumbnail.url} alt="" decoding="async" draggable={false} />}
            {thumbnail?.url === null && 'unreadable'}
          </>
        )}
      </div>
      <div className={css['caption']}>
        <Name>{change || short[label]!}</Name>
      </div>
      {lines.map(({ words, wrong: isWrong }) => (
        <div key={words} className={`${css['caption']} ${css['note']}`} data-wrong={isWrong || undefined}>
          <Name>{words}</Name>
        </div>
      ))}
    </div>
  );
});
Cell.displayName = 'Cell';
