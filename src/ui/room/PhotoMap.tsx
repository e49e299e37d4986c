/** A map of the photos as the network sees them, beside the grid: made on demand, coloured, and a way to choose photos. */
import { Button, NativeSelect, Progress, Text } from '@mantine/core';
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { type ColorBy, groupsOf, mapSentence, CLASS_COLORS, toUnitSquare } from '../../client/mapPoints';
import { measuredOf, placeOf } from '../../client/photoFilter';
import { saidLines, saidOf, SPLIT_NAMES } from '../../client/room';
import { isBusy } from '../../client/state';
import type { Thumbnails } from '../../client/thumbnails';
import type { PhotoColumns, SimilarityMap } from '../../protocol/photos';
import { formatCount } from '../../words/format';
import { type ChartColors, useChartColors } from '../charts/colors';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { MapCanvas } from './MapCanvas';
import { MappingProgress } from './MappingProgress';
import css from './map.module.css';

const COLORS: Readonly<Record<ColorBy, string>> = {
  class: 'Colours by class',
  split: 'Colours by split',
  outcome: 'Colours by right or wrong',
};

interface Props {
  columns: PhotoColumns;
  names: readonly string[];
  /** What the grid shows. */
  photos: Int32Array;
  thumbnails: Thumbnails;
  /** By its number. */
  open: (photo: number) => void;
}

export function PhotoMap(props: Props) {
  const { map } = props.columns;
  const mapping = useStudioState((s) => s.mapping);
  return (
    <section className={css['map']} aria-label="Map of the photos" data-testid="photo-map">
      {mapping || !map ? <MakeMap columns={props.columns} /> : <MapOfPhotos {...props} map={map} />}
    </section>
  );
}

/** Makes it, or says how far that is. */
function MakeMap({ columns }: { columns: PhotoColumns }) {
  const mapping = useStudioState((s) => s.mapping);
  const hasWeights = useStudioState((s) => s.weights !== null);
  if (mapping) {
    return (
      <div className={css['make']}>
        <Progress w="100%" value={100 * mapping.done} aria-label="Map" />
        <MappingProgress mapping={mapping} />
      </div>
    );
  }
  return (
    <div className={css['make']}>
      <Text size="sm">
        Every photo goes through the network once, at most 5,000 drawn by the seed; what it makes of them is laid out by
        UMAP, so that photos which look alike to it lie side by side.
      </Text>
      <MakeButton columns={columns}>Make the map</MakeButton>
      {!hasWeights && (
        <Text size="sm" c="dimmed">
          There are no weights yet: train a baseline, or open weights.
        </Text>
      )}
    </div>
  );
}

function MakeButton({ columns, children }: { columns: PhotoColumns; children: string }) {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  const hasWeights = useStudioState((s) => s.weights !== null);
  const filter = useStudioState((s) => s.photoFilter);
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={busy || !hasWeights}
      onClick={() => shown(studio.mapPhotos(measuredOf(columns, filter.measured)))}
      data-testid="make-map"
    >
      {children}
    </Button>
  );
}

function MapOfPhotos({ map, columns, names, photos, thumbnails, open }: Props & { map: SimilarityMap }) {
  const studio = useStudio();
  const filter = useStudioState((s) => s.photoFilter);
  const [by, setBy] = useState<ColorBy>('class');
  const [active, setActive] = useState(-1);
  const palette = useChartColors();
  const measured = measuredOf(columns, filter.measured);
  const points = useMemo(() => toUnitSquare(map.places), [map]);
  const { groups, legend } = useMemo(
    () => groupsOf(map, columns, { measured, names, by }),
    [map, columns, measured, names, by],
  );
  const colors = useMemo(() => Array.from(groups, (group) => groupColor(palette, by, group)), [groups, palette, by]);
  const among = useMemo(() => new Set(photos), [photos]);
  const isShown = useCallback((point: number) => among.has(map.photos[point]!), [among, map]);
  const choices = (Object.keys(COLORS) as ColorBy[]).filter((one) => one !== 'outcome' || measured !== null);
  return (
    <>
      <div className={css['head']}>
        <NativeSelect
          size="xs"
          aria-label="Colours"
          data={choices.map((value) => ({ value, label: COLORS[value] }))}
          value={by}
          onChange={(event) => setBy(event.currentTarget.value as ColorBy)}
        />
        <MakeButton columns={columns}>Make it anew</MakeButton>
        <Button size="compact-xs" variant="default" onClick={() => shown(studio.download('map'))}>
          map.csv
        </Button>
        {filter.among && (
          <Button size="compact-xs" variant="default" onClick={() => studio.filterPhotos({ among: null })}>
            Choose none
          </Button>
        )}
      </div>
      <MapCanvas
        label="Photos as points: arrow keys go from one to the next, Enter opens it; a line drawn around points shows those in the grid"
        points={points}
        colors={colors}
        isShown={isShown}
        active={active}
        look={setActive}
        open={(point) => open(map.photos[point]!)}
        choose={(chosen) =>
          chosen.length > 0 && studio.filterPhotos({ among: new Set(chosen.map((i) => map.photos[i]!)) })
        }
      />
      <ul className={css['legend']}>
        {legend.map(({ group, name, count }) => (
          <li key={group}>
            <span style={{ background: groupColor(palette, by, group) }} /> {name} <b>{formatCount(count)}</b>
          </li>
        ))}
      </ul>
      <Looked photo={map.photos[active]} map={map} {...{ columns, names, thumbnails }} />
    </>
  );
}

/** The photo that the pointer or the keys are at; what the map is while they are at none. */
function Looked({
  photo,
  map,
  columns,
  names,
  thumbnails,
}: Pick<Props, 'columns' | 'names' | 'thumbnails'> & { photo: number | undefined; map: SimilarityMap }) {
  const filter = useStudioState((s) => s.photoFilter);
  const subscribe = useCallback(
    (changed: () => void) => (photo === undefined ? () => undefined : thumbnails.want(photo, changed)),
    [thumbnails, photo],
  );
  const thumbnail = useSyncExternalStore(subscribe, () => (photo === undefined ? undefined : thumbnails.get(photo)));
  if (photo === undefined) {
    return (
      <output className={css['looked']} data-idle>
        {mapSentence(map, columns)} Draw around points to see them in the grid; click one to see it large.
      </output>
    );
  }
  const label = columns.labels[photo]!;
  const said = saidOf(columns, measuredOf(columns, filter.measured), photo);
  const lines = [
    names[label]!,
    SPLIT_NAMES[placeOf(columns.counts, photo).split],
    ...(said ? saidLines(said, label, names) : []),
  ];
  return (
    <output className={css['looked']}>
      {thumbnail?.url ? <img src={thumbnail.url} alt="" /> : <span />}
      <span>{lines.join(', ')}</span>
    </output>
  );
}

function groupColor(colors: ChartColors, by: ColorBy, group: number): string {
  if (by === 'split') return [colors.train, colors.validation, colors.reference][group]!;
  if (by === 'outcome') return [colors.gain, colors.loss, colors.axis][group]!;
  return group === CLASS_COLORS ? colors.axis : colors.classes[group]!;
}
