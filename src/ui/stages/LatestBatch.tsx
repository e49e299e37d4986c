/** Photos of the batch that has just been learned from, as the network saw them: a new one every few seconds. */
import { Text } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { shortNames } from '../../client/classNames';
import { batchSentence } from '../../client/sentences';
import type { DatasetSummary } from '../../engine/dataset/types';
import type { SeenPhotos } from '../../protocol/photos';
import { Name } from '../Name';
import { useStudio, useStudioState } from '../StudioContext';
import { Card } from './Card';
import { Pixels } from './Pixels';
import css from './stage.module.css';

const COUNT = 3;
const NO_CLASSES: DatasetSummary['classes'] = [];
/** From one batch to the next: long enough to look at it. */
const SHOWN_MS = 4000;

export function LatestBatch() {
  const studio = useStudio();
  const [seen, setSeen] = useState<SeenPhotos | null>(null);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      // Nobody looks at a page that is hidden.
      if (document.hidden) timer = setTimeout(look, SHOWN_MS);
      else studio.seenPhotos({ count: COUNT }).then(show, () => undefined);
    };
    const show = (next: SeenPhotos | null) => {
      if (gone || !next) return;
      setSeen(next);
      timer = setTimeout(look, SHOWN_MS);
    };
    look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [studio]);
  const classes = useStudioState((s) => s.dataset?.classes ?? NO_CLASSES);
  const short = useMemo(() => shortNames(classes.map(({ name }) => name)), [classes]);
  const places = Array.from({ length: COUNT }, (_, i) => seen?.photos[i]);
  return (
    <Card title="Latest batch" testId="latest-batch">
      <Text size="xs" c="dimmed" mb={6}>
        {batchSentence(seen)}
      </Text>
      <ul className={css['batch']}>
        {places.map((photo, i) => (
          <li key={i}>
            {photo && (
              <figure title={`${photo.imageId}, ${photo.label}`}>
                <Pixels {...photo} label={`${photo.imageId}, ${photo.label}`} />
                <figcaption>
                  <Name>{short.get(photo.label) ?? ''}</Name>
                </figcaption>
              </figure>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
