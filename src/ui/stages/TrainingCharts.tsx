/** Loss, accuracy and the epochs' table of one training; the baseline and the fine-tuning share them. */
import { Table, Text } from '@mantine/core';
import { memo, startTransition, useDeferredValue, useEffect, useState } from 'react';
import { bestEpoch, intervalOf, stepsOf } from '../../client/selectors';
import { formatAccuracy, formatDuration, formatInterval, formatLoss } from '../../words/format';
import type { TrainingResult } from '../../client/state';
import { earlyStopSentence } from '../../words/earlyStop';
import { TrainingChart } from '../charts/TrainingChart';
import { useStudioState } from '../StudioContext';
import { ScrollRegion } from '../ScrollRegion';
import css from './stages.module.css';

interface Props {
  result: TrainingResult;
  epochs: number;
  height: number;
}

export function TrainingCharts({ result, epochs, height }: Props) {
  // Drawn when the page has time for it, in slices: a run never holds a click up.
  const shown = useDeferredValue(result);
  const shownLater = useNextTask(shown);
  const dataset = useStudioState((s) => s.dataset);
  const steps = stepsOf(epochs, dataset?.trainCount ?? 0, result.config.batchSize);
  const { ended, config } = result;
  const trained = result.epochs.map(({ record }) => record);
  const early =
    ended === 'done' ? earlyStopSentence({ epochs: trained, planned: epochs, patience: config.patience }) : null;
  return (
    <>
      {early && (
        <Text size="sm" data-testid="early-stop">
          {early}
        </Text>
      )}
      <div className={css['pair']}>
        <TrainingChart metric="loss" result={shown} {...{ steps, epochs, dataset, height }} />
        <TrainingChart metric="accuracy" result={shownLater} {...{ steps, epochs, dataset, height }} />
      </div>
      <EpochTable epochs={shown.epochs} />
    </>
  );
}

/** The value one task later: with each chart in a task of its own the page answers in between. */
function useNextTask<T>(value: T): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setLater(value)));
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}

const EpochTable = memo(function EpochTable({ epochs }: Pick<TrainingResult, 'epochs'>) {
  const best = bestEpoch({ epochs });
  return (
    <ScrollRegion className={`card ${css['tableCard']}`} label="Epochs">
      <Table verticalSpacing={4} horizontalSpacing={6} stickyHeader className={css['figureTable']} data-testid="epochs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Epoch</Table.Th>
            <Table.Th ta="right">Train loss</Table.Th>
            <Table.Th ta="right">Train acc.</Table.Th>
            <Table.Th ta="right">Val. loss</Table.Th>
            <Table.Th ta="right">Val. acc.</Table.Th>
            <Table.Th ta="right">95 % interval</Table.Th>
            <Table.Th ta="right">Time</Table.Th>
            <Table.Th ta="right">Images/s</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {epochs.length === 0 && (
            <Table.Tr>
              <Table.Td colSpan={8} c="dimmed">
                A row for each epoch appears here.
              </Table.Td>
            </Table.Tr>
          )}
          {epochs.toReversed().map(({ record }) => (
            <Table.Tr key={record.epoch} fw={record === best ? 600 : undefined}>
              <Table.Td>
                {record.epoch}
                {record === best && ', kept'}
              </Table.Td>
              <Table.Td ta="right">
                {formatLoss(record.train.loss)}
                {record.smoothedLoss !== undefined && ` (smoothed ${formatLoss(record.smoothedLoss)})`}
              </Table.Td>
              <Table.Td ta="right">{formatAccuracy(record.train.accuracy, record.validation.count)}</Table.Td>
              <Table.Td ta="right">{formatLoss(record.validation.loss)}</Table.Td>
              <Table.Td ta="right">{formatAccuracy(record.validation.accuracy, record.validation.count)}</Table.Td>
              <Table.Td ta="right">{formatInterval(intervalOf(record.validation), record.validation.count)}</Table.Td>
              <Table.Td ta="right">{formatDuration(record.seconds)}</Table.Td>
              <Table.Td ta="right">{record.imagesPerSecond.toFixed(record.imagesPerSecond < 10 ? 1 : 0)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
});
