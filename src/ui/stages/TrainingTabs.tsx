/** Accuracy, loss and the epochs' table of one training; the baseline and the fine-tuning share them. */
import { Table, Text } from '@mantine/core';
import { memo, useDeferredValue } from 'react';
import { bestEpoch, intervalOf, stepsOf } from '../../client/selectors';
import type { TrainingResult } from '../../client/state';
import type { EpochRecord } from '../../engine/base/records';
import { earlyStopSentence } from '../../words/earlyStop';
import { formatAccuracy, formatDuration, formatInterval, formatLoss } from '../../words/format';
import { TrainingChart } from '../charts/TrainingChart';
import { ScrollRegion } from '../ScrollRegion';
import { useStudioState } from '../StudioContext';
import { Card, Facts } from './Card';
import { LatestBatch } from './LatestBatch';
import css from './stage.module.css';
import type { StageTab } from './StageFrame';

/** None before it has started. */
export function useTrainingTabs(result: TrainingResult | null, epochs: number): StageTab[] {
  // Drawn when the page has time for it: a run never holds a click up.
  const deferred = useDeferredValue(result);
  const shown = result && (deferred ?? result);
  const dataset = useStudioState((s) => s.dataset);
  if (!shown) return [];
  const steps = stepsOf(epochs, dataset?.trainCount ?? 0, shown.config.batchSize);
  const chart = { result: shown, steps, epochs, dataset };
  return [
    { id: 'accuracy', label: 'Accuracy', panel: <TrainingChart metric="accuracy" quiet {...chart} /> },
    { id: 'loss', label: 'Loss', panel: <TrainingChart metric="loss" {...chart} /> },
    { id: 'epochs', label: 'Epochs', panel: <EpochTable epochs={shown.epochs} /> },
  ];
}

/** The loss now, why it ended where it did, and what it learns from meanwhile. */
export function TrainingCards({ result, epochs }: { result: TrainingResult; epochs: number }) {
  const last = result.epochs.at(-1)?.record;
  const { ended, config, lastStep, seconds } = result;
  const early =
    ended === 'done'
      ? earlyStopSentence({
          epochs: result.epochs.map(({ record }) => record),
          planned: epochs,
          patience: config.patience,
        })
      : null;
  const card = (
    <Card title={last ? `Epoch ${last.epoch}` : 'First epoch'}>
      <Facts
        facts={[
          ...(last
            ? [
                { name: 'Loss, training', value: formatLoss(last.train.loss) },
                { name: 'Loss, validation', value: formatLoss(last.validation.loss) },
                { name: 'Accuracy, training', value: formatAccuracy(last.train.accuracy, last.train.count) },
                {
                  name: 'Accuracy, validation',
                  value: formatAccuracy(last.validation.accuracy, last.validation.count),
                },
                { name: 'An epoch takes', value: formatDuration(last.seconds) },
              ]
            : [{ name: 'Loss of the last batch', value: lastStep ? formatLoss(lastStep.loss) : '–' }]),
          ...(seconds === null ? [] : [{ name: 'All of it took', value: formatDuration(seconds) }]),
        ]}
      />
      {early && (
        <Text size="sm" mt="xs" data-testid="early-stop">
          {early}
        </Text>
      )}
    </Card>
  );
  return (
    <>
      {card}
      {ended === 'running' && <LatestBatch />}
    </>
  );
}

const COLUMNS: readonly { name: string; cell: (record: EpochRecord) => string }[] = [
  {
    name: 'Training loss',
    cell: ({ train, smoothedLoss }) =>
      `${formatLoss(train.loss)}${smoothedLoss === undefined ? '' : ` (smoothed ${formatLoss(smoothedLoss)})`}`,
  },
  { name: 'Training accuracy', cell: ({ train }) => formatAccuracy(train.accuracy, train.count) },
  { name: 'Validation loss', cell: ({ validation }) => formatLoss(validation.loss) },
  { name: 'Validation accuracy', cell: ({ validation }) => formatAccuracy(validation.accuracy, validation.count) },
  { name: '95 % interval', cell: ({ validation }) => formatInterval(intervalOf(validation), validation.count) },
  { name: 'Time', cell: ({ seconds }) => formatDuration(seconds) },
  { name: 'Images/s', cell: ({ imagesPerSecond }) => imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0) },
];

const EpochTable = memo(function EpochTable({ epochs }: Pick<TrainingResult, 'epochs'>) {
  const best = bestEpoch({ epochs });
  return (
    <ScrollRegion className={`card ${css['tableCard']}`} label="Epochs">
      <Table
        verticalSpacing={4}
        horizontalSpacing={8}
        stickyHeader
        className={`${css['figureTable']} rowsAsCards`}
        data-testid="epochs"
      >
        <caption className="visually-hidden">Loss and accuracy of every epoch, the newest first</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Epoch</Table.Th>
            {COLUMNS.map(({ name }) => (
              <Table.Th key={name} ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {epochs.length === 0 && (
            <Table.Tr>
              <Table.Td colSpan={1 + COLUMNS.length} c="dimmed">
                A row for each epoch appears here.
              </Table.Td>
            </Table.Tr>
          )}
          {epochs.toReversed().map(({ record }) => (
            <Table.Tr key={record.epoch} fw={record === best ? 600 : undefined}>
              <Table.Td data-label="Epoch">
                {record.epoch}
                {record === best && ', best'}
              </Table.Td>
              {COLUMNS.map(({ name, cell }) => (
                <Table.Td key={name} ta="right" data-label={name}>
                  {cell(record)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
});
