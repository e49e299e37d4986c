import { Text } from '@mantine/core';
import { paperSentence } from '../../client/apparent';
import type { Studio } from '../../client/studio';
import type { StudioConfig } from '../../engine/experiments/meta';
import { ApparentChart } from '../charts/ApparentChart';
import { useConfigAnswer } from '../useConfigAnswer';
import css from './stage.module.css';

const WAIT_MS = 300;

const askForSizes = (studio: Studio, config: StudioConfig) => studio.apparentSizes({ config });

/** The paper's section 3.1 on these photos: asked for when it is first shown, and again whenever the views change. */
export function ApparentPanel() {
  const { answer: sizes, error } = useConfigAnswer(true, WAIT_MS, askForSizes);
  return (
    <section className={css['fill']} aria-label="Apparent object size" data-testid="apparent">
      {sizes ? (
        <>
          <ApparentChart sizes={sizes} />
          <Text size="xs" c="dimmed" mt={6}>
            {paperSentence(sizes)}
          </Text>
        </>
      ) : (
        <div className={`card ${css['empty']}`}>
          <Text c="dimmed">{error ?? 'Reading the photos’ sizes …'}</Text>
        </div>
      )}
    </section>
  );
}
