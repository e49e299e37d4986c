/** A small photo of the data set, asked for when it comes into view. */
import { useInViewport } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { Split } from '../../engine/dataset/types';
import { keepUnits } from '../../words/format';
import { useStudio } from '../StudioContext';
import css from './photos.module.css';

const SIDE_PX = 240;

interface Loaded {
  url: string;
  imageId: string;
  label: string;
}

/** `note` stands below it. */
export function Photo({ split, index, note }: { split: Split; index: number; note: string }) {
  const studio = useStudio();
  const { ref, inViewport } = useInViewport<HTMLElement>();
  const [seen, setSeen] = useState(false);
  const [photo, setPhoto] = useState<Loaded | 'unreadable' | null>(null);
  if (inViewport && !seen) setSeen(true);

  useEffect(() => {
    if (!seen) return undefined;
    let url: string | null = null;
    let gone = false;
    studio.photo({ split, index, maxSide: SIDE_PX }).then(
      ({ blob, imageId, label }) => {
        if (gone) return;
        url = URL.createObjectURL(blob);
        setPhoto({ url, imageId, label });
      },
      () => setPhoto('unreadable'),
    );
    return () => {
      gone = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [studio, seen, split, index]);

  const loaded = photo !== 'unreadable' && photo;
  return (
    <figure
      className={css['photo']}
      ref={ref}
      title={loaded ? `${loaded.imageId}, ${loaded.label}: ${note}` : undefined}
    >
      {loaded ? (
        <img src={loaded.url} alt={`${loaded.imageId}, ${loaded.label}`} />
      ) : (
        <div className={css['blank']}>{photo === 'unreadable' && 'unreadable'}</div>
      )}
      <figcaption>{keepUnits(note)}</figcaption>
    </figure>
  );
}
