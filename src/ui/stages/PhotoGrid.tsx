import { Button, Group, SegmentedControl, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { DatasetSummary, Split } from '../../engine/dataset/types';
import { Photo } from './Photo';
import { ScrollRegion } from '../ScrollRegion';
import css from './photos.module.css';

const SHOWN = 24;

/** A few photos, spread over the split; each is asked for when it comes into view. */
export function PhotoGrid({ dataset }: { dataset: DatasetSummary }) {
  const [split, setSplit] = useState<Split>(dataset.trainCount > 0 ? 'train' : 'validation');
  const [turn, setTurn] = useState(0);
  const count = split === 'train' ? dataset.trainCount : dataset.validationCount;
  const shown = Math.min(SHOWN, count);
  const indices = Array.from({ length: shown }, (_, i) => (Math.floor((i * count) / shown) + turn) % count);
  return (
    <section className={`card ${css['wall']}`} aria-labelledby="photo-grid-title">
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
      <ScrollRegion className={css['scroll']} label="Some of the photos">
        <ul className={css['photos']}>
          {indices.map((index, i) => (
            <li key={`${split}-${i}`}>
              <Photo split={split} index={index} />
            </li>
          ))}
        </ul>
      </ScrollRegion>
    </section>
  );
}
