/** A few photos in a row or more; each opens large, and from there its neighbours in the list. */
import { lazy, Suspense, useState } from 'react';
import type { Measured, PhotoPlace } from '../../protocol/photos';
import { Photo } from './Photo';
import css from './photos.module.css';

const LargePhoto = lazy(() => import('../room/LargePhoto').then(({ LargePhoto: large }) => ({ default: large })));

interface Props {
  photos: readonly (PhotoPlace & { note: string })[];
  /** Of the classes. */
  names: readonly string[];
  /** Laid side by side in the large view. */
  compared?: readonly Measured[];
  small?: boolean;
}

export function PhotoList({ photos, names, compared, small }: Props) {
  const [large, setLarge] = useState<number | null>(null);
  const place = large === null ? undefined : photos[large];
  return (
    <>
      <ul className={css['photos']} data-small={small || undefined}>
        {photos.map(({ split, index, note }, at) => (
          <li key={`${split} ${index}`}>
            <button type="button" className={css['opens']} onClick={() => setLarge(at)}>
              <Photo split={split} index={index} note={note} />
            </button>
          </li>
        ))}
      </ul>
      {place && (
        <Suspense>
          <LargePhoto
            place={place}
            compared={compared}
            position={{ at: large!, of: photos.length }}
            names={names}
            go={setLarge}
            close={() => setLarge(null)}
          />
        </Suspense>
      )}
    </>
  );
}
