import { Text } from '@mantine/core';
import type { Studio } from '../../client/studio';
import { ApparentAccuracyChart } from '../charts/ApparentAccuracyChart';
import { useAfterRuns } from '../useAfterRuns';
import css from './stage.module.css';

const ask = async (studio: Studio) => ({ apparent: await studio.apparentAccuracy() });

/** Where the network fails: on what looks larger, or smaller, than what it has learned from? */
export function ApparentAccuracyPanel() {
  const answer = useAfterRuns(ask);
  return (
    <section className={css['fill']} aria-label="Accuracy by apparent size" data-testid="apparent-accuracy">
      {answer?.apparent ? (
        <ApparentAccuracyChart apparent={answer.apparent} />
      ) : (
        <div className={`card ${css['empty']}`}>
          <Text c="dimmed">
            {answer
              ? 'This cannot be told: how these weights were trained is not known, or no photo’s dimensions could be read.'
              : 'Reading the photos’ sizes …'}
          </Text>
        </div>
      )}
    </section>
  );
}
