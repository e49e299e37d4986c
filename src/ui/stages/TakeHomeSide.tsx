import { Button, Text, Title } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useShallow } from 'zustand/react/shallow';
import { intervalOf, startBlock } from '../../client/selectors';
import { formatAccuracy, formatCount, formatInterval, formatLoss } from '../../words/format';
import { viewText } from '../../words/view';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { FactRow } from './MachineCard';
import css from './stages.module.css';

/** What the weights in memory are, and their accuracy on the validation photos. */
export function TakeHomeSide() {
  const studio = useStudio();
  const weights = useStudioState((s) => s.weights);
  const evaluation = useStudioState((s) => s.evaluate?.evaluation ?? null);
  const block = useStudioState(useShallow((s) => startBlock(s, 'evaluate')));
  return (
    <div className={css['side']}>
      <section aria-labelledby="in-memory-title">
        <Title order={3} size="h6" id="in-memory-title" mb="xs">
          Weights in memory
        </Title>
        {weights ? (
          <dl className={css['facts']} data-testid="weights-info">
            <FactRow name="Network" value={weights.arch} />
            <FactRow name="From" value={weights.origin} />
            <FactRow name="Classes" value={weights.classes.join(', ')} />
          </dl>
        ) : (
          <Text size="sm" c="dimmed">
            None yet: train a baseline, or open a file.
          </Text>
        )}
      </section>
      <section aria-labelledby="check-title">
        <Title order={3} size="h6" id="check-title" mb="xs">
          Accuracy check
        </Title>
        {evaluation ? (
          <dl className={`${css['facts']} figures`} data-testid="evaluation">
            <FactRow name="Accuracy" value={formatAccuracy(evaluation.score.accuracy, evaluation.score.count)} />
            <FactRow
              name="95 % interval"
              value={formatInterval(intervalOf(evaluation.score), evaluation.score.count)}
            />
            <FactRow
              name="Right"
              value={`${formatCount(evaluation.score.correct)} of ${formatCount(evaluation.score.count)}`}
            />
            <FactRow name="Loss" value={`${formatLoss(evaluation.score.loss)} nats`} />
            <FactRow name="View" value={viewText(evaluation.view)} />
          </dl>
        ) : (
          <Text size="sm" c="dimmed">
            Measures the weights in memory on the validation photos.
          </Text>
        )}
        <Button
          fullWidth
          mt="md"
          variant="default"
          leftSection={<IconTargetArrow size={16} />}
          disabled={block !== null}
          onClick={() => shown(studio.start('evaluate'))}
          data-testid="evaluate"
        >
          Measure accuracy
        </Button>
        <Text size="xs" c="dimmed" mt={6}>
          {block?.reason}
        </Text>
      </section>
    </div>
  );
}
