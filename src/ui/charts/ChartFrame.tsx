/** What every chart has: a title with its explanation, a sentence computed from its data, a table, a full screen, and export. */
import { ActionIcon, Group, Menu, Modal, Table, Text, Title, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsMaximize, IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import { type ReactNode, useId, useRef } from 'react';
import type { ChartTable } from '../../client/chartTable';
import { keepUnits } from '../../words/format';
import type { GuideTopic } from '../../words/guide';
import { MODAL_PROPS } from '../modal';
import { ScrollRegion } from '../ScrollRegion';
import css from './charts.module.css';
import { useChartColors } from './colors';
import { saveCsv, savePng, saveSvg } from './exportChart';
import { GuideNote } from './GuideNote';

/** Of a plot, px, however long the sentence above it is. */
export const LEAST_HEIGHT = 220;

interface Props {
  title: string;
  sentence: string;
  table: ChartTable;
  /** What the guide says about it. */
  guide: GuideTopic;
  /** Of exported files, without ending. */
  fileName: string;
  /** The sentence stands elsewhere on the page: here it names the picture alone. */
  quiet?: boolean;
  /** What can be done with what it shows. */
  action?: ReactNode;
  /** Of what it needs beside its least height, such as names below the plot, px. */
  roomBelow?: number;
  /** Buttons before the others, for the plot alone. */
  tools?: ReactNode;
  /** Fills what it is given. */
  children: ReactNode;
}

export function ChartFrame(props: Props) {
  const { title, sentence, quiet = false, guide, action } = props;
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  const [asTable, table] = useDisclosure(false);
  const [full, { open, close }] = useDisclosure(false);
  return (
    <figure className={`card ${css['frame']}`} ref={figure} aria-labelledby={id}>
      <div className={css['head']}>
        <Group gap={4} wrap="nowrap" miw={0}>
          <Title order={3} size="h6" id={id}>
            {title}
          </Title>
          <GuideNote topic={guide} title={title} />
        </Group>
        <Group gap={2} wrap="nowrap">
          {action}
          <Tools {...props} figure={figure} asTable={asTable} onTable={table.toggle} onFull={open} />
        </Group>
      </div>
      {!quiet && (
        <Text className={css['sentence']} c="dimmed">
          {keepUnits(sentence)}
        </Text>
      )}
      <Body {...props} asTable={asTable} hidden={full} />
      <Modal
        opened={full}
        onClose={close}
        fullScreen
        title={title}
        classNames={{ content: css['full'], body: css['fullBody'] }}
        {...MODAL_PROPS}
      >
        <Text className={css['sentence']} c="dimmed">
          {keepUnits(sentence)}
        </Text>
        <Body {...props} asTable={asTable} hidden={false} />
      </Modal>
    </figure>
  );
}

function Body(props: Props & { asTable: boolean; hidden: boolean }) {
  const { title, sentence, table, roomBelow = 0, children, asTable, hidden } = props;
  const style = { minHeight: LEAST_HEIGHT + roomBelow };
  if (asTable)
    return (
      <ScrollRegion className={css['body']} style={style} label={`${title}, table`}>
        <DataTable table={table} caption={title} />
      </ScrollRegion>
    );
  return (
    // Not an img: it is drawn here.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
    <div className={css['plot']} style={style} role="img" aria-label={`${title}. ${sentence}`}>
      <div className={css['plotInner']}>{!hidden && children}</div>
    </div>
  );
}

interface ToolsProps extends Props {
  figure: { current: HTMLElement | null };
  asTable: boolean;
  onTable: () => void;
  onFull: () => void;
}

function Tools({ title, table, fileName, tools, figure, asTable, onTable, onFull }: ToolsProps) {
  const { surface } = useChartColors();
  const toggleLabel = asTable ? 'Show as chart' : 'Show as table';
  return (
    <>
      {!asTable && tools}
      <Tool label={toggleLabel} of={title} pressed={asTable} onClick={onTable}>
        {asTable ? <IconChartLine size={17} /> : <IconTable size={17} />}
      </Tool>
      <Tool label="Full screen" of={title} onClick={onFull}>
        <IconArrowsMaximize size={17} />
      </Tool>
      <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={28} aria-label={`Export: ${title}`}>
            <IconDownload size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={asTable} onClick={() => figure.current && saveSvg(figure.current, surface, fileName)}>
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
    </>
  );
}

interface ToolProps {
  label: string;
  /** The chart's title: names of buttons are unique. */
  of: string;
  pressed?: boolean;
  onClick: () => void;
  children: ReactNode;
}

/** A button for one chart. */
export function Tool({ label, of, pressed, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color="gray"
        size={28}
        onClick={onClick}
        aria-label={`${label}: ${of}`}
        aria-pressed={pressed}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** `sticky`: for tables that scroll in a frame of their own. */
export function DataTable({
  table,
  caption,
  sticky = true,
}: {
  table: Pick<ChartTable, 'columns' | 'rows'>;
  caption?: string;
  sticky?: boolean;
}) {
  return (
    <Table className={`${css['table']} rowsAsCards`} verticalSpacing={3} horizontalSpacing={8} stickyHeader={sticky}>
      {caption && <caption className="visually-hidden">{caption}</caption>}
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
              <Table.Td key={table.columns[i]} ta={i === 0 ? 'left' : 'right'} data-label={table.columns[i]}>
                {cell}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
