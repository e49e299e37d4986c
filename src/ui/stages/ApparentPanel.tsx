import { Text } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { useState } from 'react';
import { apparentTable, paperSentence } from '../../client/apparent';
import type { Studio } from '../../client/studio';
import type { StudioConfig } from '../../engine/experiments/meta';
import { ApparentChart } from '../charts/ApparentChart';
import { DataTable } from '../charts/ChartFrame';
import { ScrollRegion } from '../ScrollRegion';
import { useConfigAnswer } from '../useConfigAnswer';
import css from './stages.module.css';

const HEIGHT = 220;
const WAIT_MS = 300;

const askForSizes = (studio: Studio, config: StudioConfig) => studio.apparentSizes({ config });

/** The paper's section 3.1 on these photos: asked for once it is seen, and again whenever the views change. */
export function ApparentPanel() {
  const { ref, inViewport } = useInViewport<HTMLElement>();
  const [seen, setSeen] = useState(false);
  if (inViewport && !seen) setSeen(true);

  const { answer: sizes, error } = useConfigAnswer(seen, WAIT_MS, askForSizes);
  return (
    <section ref={ref} aria-label="Apparent object size" data-testid="apparent">
      {sizes ? (
        <>
          <ApparentChart sizes={sizes} height={HEIGHT} />
          <ScrollRegion className={`card ${css['tableCard']} ${css['below']}`} label="Apparent size by test view">
            <DataTable table={apparentTable(sizes)} />
            <Text size="xs" c="dimmed" py={6}>
              FixRes, section 3.1: a random crop is enlarged to the train resolution, and what is in it with it; a test
              photo is not. Above 1, things look larger in testing. The formula is the paper's, for square photos.{' '}
              {paperSentence(sizes)}
            </Text>
          </ScrollRegion>
        </>
      ) : (
        <div className={`card ${css['result']}`} style={{ minHeight: HEIGHT }}>
          <Text size="sm" c="dimmed">
            {error ?? 'Reading the photos’ sizes …'}
          </Text>
        </div>
      )}
    </section>
  );
}
