/** All photos: filtered, ordered, in a grid of any length, and one of them large. */
import { Button, Text } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { ALL_PHOTOS, isSame, isUnset, measuredOf, placeOf, selectPhotos } from '../../client/photoFilter';
import { countSentence, mapLegend } from '../../client/room';
import type { Studio } from '../../client/studio';
import { createThumbnails } from '../../client/thumbnails';
import type { DatasetSummary } from '../../engine/dataset/types';
import type { PhotoColumns } from '../../protocol/photos';
import { useStudio, useStudioState } from '../StudioContext';
import { useAfterRuns } from '../useAfterRuns';
import { CheckButton } from './CheckButton';
import { DraftBar } from './DraftBar';
import { LargePhoto } from './LargePhoto';
import { PhotoCells } from './PhotoCells';
import { PhotoMap } from './PhotoMap';
import { RoomFilters } from './RoomFilters';
import { useGridMaps } from './useGridMaps';
import css from './room.module.css';

/** Thumbnails' longer side: px of the page, as sharp as the screen, up to px of the file. */
const SIDE_PX = 180;
const MOST_SIDE_PX = 240;
/** Of up to 8 KiB each, and as pixels, while they are drawn, 170 KiB. */
const MOST_KEPT = 300;
/** No more than the decoders have in hand: what is scrolled past is never decoded. */
const AT_ONCE = 4;

const askColumns = (studio: Studio): Promise<PhotoColumns> => studio.photoColumns();

export function PhotoRoom({ dataset }: { dataset: DatasetSummary }) {
  const columns = useAfterRuns(askColumns);
  if (!columns) return <section className={`card ${css['room']}`} aria-busy data-testid="photo-room" />;
  return <LoadedRoom dataset={dataset} columns={columns} />;
}

function LoadedRoom({ dataset, columns }: { dataset: DatasetSummary; columns: PhotoColumns }) {
  const studio = useStudio();
  const filter = useStudioState((s) => s.photoFilter);
  const names = useMemo(() => dataset.classes.map(({ name }) => name), [dataset]);
  const photos = useMemo(() => selectPhotos(columns, filter), [columns, filter]);
  const thumbnails = useThumbnails(columns.counts);
  /** By its number: another order, or another filter, shows it still. */
  const [large, setLarge] = useState<number | null>(null);
  const [similarity, setSimilarity] = useState(false);
  const gridMaps = useStudioState((s) => s.gridMaps);
  // Of weights that are still there.
  const mapped = gridMaps.flatMap((one) => columns.measured.find((known) => isSame(known, one)) ?? []);
  const { maps, status } = useGridMaps(columns, mapped);
  const measured = measuredOf(columns, filter.measured);
  const place = large === null ? -1 : photos.indexOf(large);
  const openNumber = (photo: number) => {
    if (!photos.includes(photo)) studio.filterPhotos(ALL_PHOTOS);
    setLarge(photo);
  };
  const openPlace = useCallback((at: number) => setLarge(photos[at]!), [photos]);
  return (
    <section className={`card ${css['room']}`} aria-label="All photos" data-testid="photo-room">
      <RoomFilters columns={columns} names={names} mapped={mapped} />
      <div className={css['summary']}>
        <Text component="output" size="sm" data-testid="photo-count">
          {countSentence(photos.length, columns.labels.length)}
        </Text>
        <CheckButton columns={columns} />
        <Button
          size="compact-xs"
          variant="default"
          aria-pressed={similarity}
          onClick={() => setSimilarity(!similarity)}
        >
          {similarity ? 'Hide the map' : 'Map'}
        </Button>
        {!isUnset(filter) && (
          <Button size="compact-xs" variant="default" onClick={() => studio.filterPhotos(ALL_PHOTOS)}>
            Show all
          </Button>
        )}
      </div>
      {mapped.length > 0 && (
        <Text component="output" size="xs" c="dimmed" data-testid="map-legend">
          {mapLegend(mapped)} {status}
        </Text>
      )}
      <DraftBar columns={columns} photos={photos} edits={dataset.edits} />
      <div className={css['body']}>
        {similarity && (
          <PhotoMap columns={columns} names={names} photos={photos} thumbnails={thumbnails} open={openNumber} />
        )}
        {photos.length === 0 ? (
          <Text className={css['none']} c="dimmed">
            No photo is like that.
          </Text>
        ) : (
          <PhotoCells
            photos={photos}
            columns={columns}
            measured={measured}
            maps={maps}
            mapped={mapped}
            names={names}
            thumbnails={thumbnails}
            looked={large === null ? null : place}
            open={openPlace}
          />
        )}
      </div>
      {large !== null && (
        <LargePhoto
          place={placeOf(columns.counts, large)}
          compared={mapped}
          // Alone where the filters leave it out by now.
          position={place < 0 ? { at: 0, of: 1 } : { at: place, of: photos.length }}
          names={names}
          change={{ photo: large, columns }}
          similar={{ columns, thumbnails, open: openNumber }}
          go={openPlace}
          close={() => setLarge(null)}
        />
      )}
    </section>
  );
}

/** For as long as these photos are shown. */
function useThumbnails(counts: PhotoColumns['counts']) {
  const studio = useStudio();
  const { train, validation, test } = counts;
  const thumbnails = useMemo(() => {
    const maxSide = Math.min(MOST_SIDE_PX, Math.round(SIDE_PX * devicePixelRatio));
    const load = (photo: number) => studio.photo({ ...placeOf({ train, validation, test }, photo), maxSide });
    return createThumbnails({ load, most: MOST_KEPT, atOnce: AT_ONCE });
  }, [studio, train, validation, test]);
  useEffect(() => () => thumbnails.dispose(), [thumbnails]);
  return thumbnails;
}
