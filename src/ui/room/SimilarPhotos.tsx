/** The photos most like the one that is shown large; what the network makes of them all is found out when it is first asked. */
import { Button, Text } from '@mantine/core';
import { useCallback, useState, useSyncExternalStore } from 'react';
import { measuredOf, numberOf, placeOf } from '../../client/photoFilter';
import { SPLIT_NAMES } from '../../client/room';
import { isBusy } from '../../client/state';
import type { Thumbnails } from '../../client/thumbnails';
import { toErrorData } from '../../engine/base/errors';
import type { PhotoColumns, PhotoPlace, SimilarPhotos as Found } from '../../protocol/photos';
import { formatNoun } from '../../words/format';
import { useStudio, useStudioState } from '../StudioContext';
import { MappingProgress } from './MappingProgress';
import css from './map.module.css';

const SHOWN = 12;

export interface SimilarMeans {
  columns: PhotoColumns;
  thumbnails: Thumbnails;
  /** By its number. */
  open: (photo: number) => void;
}

export function SimilarPhotos({
  place,
  names,
  columns,
  thumbnails,
  open,
}: SimilarMeans & { place: PhotoPlace; names: readonly string[] }) {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const measured = useStudioState((s) => s.photoFilter.measured);
  const hasWeights = useStudioState((s) => s.weights !== null);
  const busy = useStudioState(isBusy);
  const mapping = useStudioState((s) => s.mapping);
  const own = numberOf(columns.counts, place);
  const [asked, setAsked] = useState<{ own: number; found: Found | null; failure: string | null } | null>(null);
  const look = async () => {
    const ask = { ...place, count: SHOWN, config };
    try {
      let found = await studio.similarPhotos(ask);
      if (!found) {
        await studio.comparePhotos(measuredOf(columns, measured));
        found = await studio.similarPhotos(ask);
      }
      setAsked({ own, found, failure: null });
    } catch (error) {
      setAsked({ own, found: null, failure: toErrorData(error).message });
    }
  };
  const answer = asked?.own === own ? asked : null;
  return (
    <section aria-label="Similar photos" data-testid="similar-photos">
      <div className={css['ask']}>
        <Button size="compact-sm" variant="default" disabled={busy || !hasWeights} onClick={() => void look()}>
          Similar photos
        </Button>
        {mapping && <MappingProgress mapping={mapping} />}
        {!hasWeights && (
          <Text size="sm" c="dimmed">
            They are found by a network: train a baseline, or open weights.
          </Text>
        )}
      </div>
      {answer?.failure && <Text size="sm">{answer.failure}</Text>}
      {answer?.found && (
        <>
          <div className={css['similar']}>
            {answer.found.photos.map(({ photo, cosine }) => (
              <Similar
                key={photo}
                photo={photo}
                words={`${names[columns.labels[photo]!]}, ${SPLIT_NAMES[placeOf(columns.counts, photo).split]}`}
                cosine={cosine}
                thumbnails={thumbnails}
                open={open}
              />
            ))}
          </div>
          <Text size="xs" c="dimmed" mt={4}>
            The likest of {formatNoun(answer.found.among, 'photo')} to the network, by the cosine of what it pools: 1 is
            the same.
          </Text>
        </>
      )}
    </section>
  );
}

interface SimilarProps {
  photo: number;
  words: string;
  cosine: number;
  thumbnails: Thumbnails;
  open: (photo: number) => void;
}

function Similar({ photo, words, cosine, thumbnails, open }: SimilarProps) {
  const subscribe = useCallback((changed: () => void) => thumbnails.want(photo, changed), [thumbnails, photo]);
  const thumbnail = useSyncExternalStore(subscribe, () => thumbnails.get(photo));
  return (
    <button type="button" onClick={() => open(photo)} title={`${thumbnail?.name ?? ''}\n${words}`}>
      {thumbnail?.url ? <img src={thumbnail.url} alt={thumbnail.name} /> : <span />}
      <span>
        {cosine.toFixed(3)} {words}
      </span>
    </button>
  );
}
