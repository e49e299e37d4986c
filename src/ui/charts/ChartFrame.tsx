/** What every chart has: a title, a sentence computed from its data, a table behind it, and export. */
import { ActionIcon, Group, Menu, Table, Text, Title, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import { type ReactNode, useId, useRef } from 'react';
import { ScrollRegion } from '../ScrollRegion';
import type { ChartTable } from '../../client/chartTable';
import { keepUnits } from '../../words/format';
import type { GuideTopic } from '../../words/guide';
import css from './charts.module.css';
import { useChartColors } from './colors';
import { saveCsv, savePng, saveSvg } from './exportChart';
import { GuideNote } from './GuideNote';

interface Props {
  title: string;
  sentence: string;
  table: ChartTable;
  /** What the guided tour says about it. */
  guide: GuideTopic;
  /** Of exported files, without ending. */
  fileName: string;
  /** Of the plot in px. */
  height: number;
  /** What can be done with what it shows. */
  action?: ReactNode;
  /** Buttons before the others, for the plot alone. */
  tools?: ReactNode;
  children: ReactNode;
}

export function ChartFrame({ title, sentence, table, guide, fileName, height, action, tools, children }: Props) {
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  const [asTable, { toggle }] = useDisclosure(false);
  const { surface } = useChartColors();
  const toggleLabel = asTable ? 'Show as chart' : 'Show as table';
  return (
    <figure className={`card ${css['frame']}`} ref={figure} aria-labelledby={id}>
      <div className={css['head']}>
        <Title order={3} size="h6" id={id}>
          {title}
        </Title>
        <Group gap={2} wrap="nowrap">
          {action}
          {!asTable && tools}
          <Tooltip label={toggleLabel}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              onClick={toggle}
              aria-label={`${toggleLabel}: ${title}`}
              aria-pressed={asTable}
            >
              {asTable ? <IconChartLine size={16} /> : <IconTable size={16} />}
            </ActionIcon>
          </Tooltip>
          <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Export: ${title}`}>
                <IconDownload size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                disabled={asTable}
                onClick={() => figure.current && saveSvg(figure.current, surface, fileName)}
              >
                Drawing, SVG
              </Menu.Item>
              <Menu.Item
                disabled={asTable}
                onClick={() => void (figure.current && savePng(figure.current, surface, fileName))}
              >
                Picture, PNG
              </Menu.Item>
              <Menu.Item onClick={() => void saveCsv(table, fileName)}>Numbers, CSV</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </div>
      <Text className={css['sentence']} c="dimmed">
        {keepUnits(sentence)}
      </Text>
      {asTable ? (
        <ScrollRegion className={css['body']} style={{ height }} label={`${title}, table`}>
          <DataTable table={table} />
        </ScrollRegion>
      ) : (
        <div style={{ height }}>{children}</div>
      )}
      <GuideNote topic={guide} />
    </figure>
  );
}

/** `sticky`: for tables that scroll in a frame of their own. */
export function DataTable({ table, sticky = true }: { table: Pick<ChartTable, 'columns' | 'rows'>; sticky?: boolean }) {
  return (
    <Table className={css['table']} verticalSpacing={3} horizontalSpacing={8} stickyHeader={sticky}>
      <Table.Thead>
        <Table.Tr>
          {table.columns.map((column, i) => (
            <Table.Th key={column} ta={i === 0 ? 'left' : 'right'}>
              {column}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {table.rows.map((row) => (
          <Table.Tr key={row.join('|')}>
            {row.map((cell, i) => (
              <Table.Td key={table.columns[i]} ta={i === 0 ? 'left' : 'right'}>
                {cell}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
