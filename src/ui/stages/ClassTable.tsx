import { Table } from '@mantine/core';
import { formatCount, formatPercent } from '../../words/format';
import type { DatasetSummary } from '../../engine/dataset/types';
import { useChartColors } from '../charts/colors';
import { ScrollRegion } from '../ScrollRegion';
import css from './stages.module.css';

/** Classes with their counts, as figures and as bars. */
export function ClassTable({ dataset }: { dataset: DatasetSummary }) {
  const colors = useChartColors();
  const most = Math.max(1, ...dataset.classes.map((c) => c.train + c.validation));
  return (
    <ScrollRegion className={`card ${css['tableCard']}`} label="Classes">
      <Table
        verticalSpacing={5}
        horizontalSpacing="xs"
        stickyHeader
        className={css['figureTable']}
        data-testid="classes"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th ta="right">Training</Table.Th>
            <Table.Th ta="right">Validation</Table.Th>
            <Table.Th ta="right">Share</Table.Th>
            <Table.Th w="30%">
              <Key color={colors.train} text="training" /> <Key color={colors.validation} text="validation" />
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {dataset.classes.map(({ name, train, validation }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">{formatCount(train)}</Table.Td>
              <Table.Td ta="right">{formatCount(validation)}</Table.Td>
              <Table.Td ta="right">
                {formatPercent((train + validation) / Math.max(1, dataset.trainCount + dataset.validationCount))}
              </Table.Td>
              <Table.Td>
                <div className={css['bar']} aria-hidden>
                  <span style={{ width: `${((train + validation) / most) * 100}%`, background: colors.validation }} />
                  <span style={{ width: `${(train / most) * 100}%`, background: colors.train }} />
                </div>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

function Key({ color, text }: { color: string; text: string }) {
  return (
    <span style={{ marginRight: 10, fontWeight: 400, fontSize: 12 }}>
      <span
        aria-hidden
        style={{ display: 'inline-block', width: 9, height: 9, marginRight: 5, borderRadius: 2, background: color }}
      />
      {text}
    </span>
  );
}
