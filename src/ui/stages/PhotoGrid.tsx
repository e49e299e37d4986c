import { Button, Group, SegmentedControl, Title } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { DatasetSummary, Split } from '../../engine/dataset/types';
import { useStudio } from '../StudioContext';
import css from './stages.module.css';

const SHOWN = 18;
const SIDE_PX = 240;

/** A few photos, spread over the split; each is asked for when it comes into view. */
export function PhotoGrid({ dataset }: { dataset: DatasetSummary }) {
  const [split, setSplit] = useState<Split>(dataset.trainCount > 0 ? 'train' : 'validation');
  const [turn, setTurn] = useState(0);
  const count = split === 'train' ? dataset.trainCount : dataset.validationCount;
  const shown = Math.min(SHOWN, count);
  const indices = Array.from({ length: shown }, (_, i) => (Math.floor((i * count) / shown) + turn) % count);
  return (
    <section aria-labelledby="photo-grid-title">
      <Group justify="space-between" mb={8}>
        <Title order={3} size="h6" id="photo-grid-title">
          Some of the photos
        </Title>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            transitionDuration={0}
            aria-label="Split"
            value={split}
            onChange={(value) => setSplit(value)}
            data={[
              { value: 'train', label: 'Training', disabled: dataset.trainCount === 0 },
              { value: 'validation', label: 'Validation', disabled: dataset.validationCount === 0 },
            ]}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            disabled={count <= SHOWN}
            onClick={() => setTurn((t) => t + 1)}
          >
            Show others
          </Button>
        </Group>
      </Group>
      <ul className={css['photos']}>
        {indices.map((index, i) => (
          <li key={`${split}-${i}`}>
            <Photo split={split} index={index} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Loaded {
  url: string;
  imageId: string;
  label: string;
}

function Photo({ split, index }: { split: Split; index: number }) {
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
    <figure className={css['photo']} ref={ref} title={loaded ? `${loaded.imageId}: ${loaded.label}` : undefined}>
      {loaded ? (
        <img src={loaded.url} alt={`${loaded.imageId}, ${loaded.label}`} />
      ) : (
        <div className={css['blank']}>{photo === 'unreadable' && 'unreadable'}</div>
      )}
      <figcaption>{loaded ? loaded.label : '\u00a0'}</figcaption>
    </figure>
  );
}
