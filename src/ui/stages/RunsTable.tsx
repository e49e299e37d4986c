/** The kept runs: shown or not, named, sorted, searched, linked and deleted. */
import { ActionIcon, Button, Checkbox, Group, Table, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconCheck, IconLink, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { figuresOf, listedName, listedRuns, type RunColumn, tagsIn, tagsOf, UNNAMED } from '../../client/comparison';
import { linkOf } from '../../client/link';
import type { KeptRun } from '../../client/state';
import { runMark, useChartColors } from '../charts/colors';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio } from '../StudioContext';
import css from './stage.module.css';

const FIGURES = ['Baseline', 'Best of sweep', 'Fine-tuned'] as const;

interface Props {
  runs: readonly KeptRun[];
  colors: ReadonlyMap<string, number>;
  isShown: (id: string) => boolean;
  onToggle: (id: string) => void;
  onDelete: (run: KeptRun) => void;
}

export function RunsTable({ runs, colors, isShown, onToggle, onDelete }: Props) {
  const palette = useChartColors();
  const [search, setSearch] = useState('');
  const [by, setBy] = useState<RunColumn | null>(null);
  const [descending, setDescending] = useState(true);
  const [chosen, setChosen] = useState<string | null>(null);
  const tags = tagsIn(runs);
  // The last run of a tag may have gone.
  const tag = chosen !== null && tags.includes(chosen) ? chosen : null;
  const listed = listedRuns(runs, { by, descending, search, tag });
  const sorted = { by, descending };
  const sort = (column: RunColumn) => {
    // Figures are wanted from the best down, names from A to Z.
    setDescending(by === column ? !descending : column !== 'name');
    setBy(column);
  };
  return (
    <ScrollRegion className={`card ${css['tableCard']}`} label="Kept runs">
      <TextInput
        size="xs"
        my={6}
        maw={280}
        placeholder="Search names, notes, tags, photos"
        aria-label="Search the runs"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        data-testid="search-runs"
      />
      {tags.length > 0 && (
        <Group gap={6} mb={6} component="fieldset" aria-label="Tags" className={css['tags']}>
          {tags.map((one) => (
            <Button
              key={one}
              size="compact-xs"
              classNames={{ root: css['tag'], label: css['tagLabel'] }}
              variant={one === tag ? 'filled' : 'default'}
              aria-pressed={one === tag}
              onClick={() => setChosen(one === tag ? null : one)}
            >
              {one}
            </Button>
          ))}
        </Group>
      )}
      <Table className="rowsAsCards" verticalSpacing={4} horizontalSpacing={8} stickyHeader data-testid="kept-runs">
        <caption className="visually-hidden">Runs kept in this browser, the newest first</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Shown</Table.Th>
            <SortHead column="name" label="Name" sorted={sorted} onSort={sort} />
            <Table.Th>Note and tags</Table.Th>
            {(['baseline', 'sweep', 'finetune'] as const).map((column, i) => (
              <SortHead key={column} column={column} label={FIGURES[i]!} sorted={sorted} onSort={sort} />
            ))}
            <Table.Th>
              <span className="visually-hidden">Link and delete</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listed.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <Group gap={8} wrap="nowrap">
                  <Checkbox
                    checked={isShown(run.id)}
                    onChange={() => onToggle(run.id)}
                    aria-label={`Show ${listedName(run)}`}
                  />
                  <Swatch {...runMark(palette, colors.get(run.id) ?? 0)} />
                </Group>
              </Table.Td>
              <Table.Td className={css['runName']}>
                <Words run={run} field="name" label="Name" />
                <Text size="xs" c="dimmed">
                  {new Date(run.id).toLocaleString()}
                </Text>
              </Table.Td>
              <Table.Td className={css['runNote']}>
                <Words run={run} field="note" label="Note" />
                <Words run={run} field="tags" label="Tags" />
              </Table.Td>
              {figuresOf(run).map((figure, i) => (
                <Table.Td key={i} ta="right" className="figures" data-label={FIGURES[i]}>
                  {figure}
                </Table.Td>
              ))}
              <Table.Td>
                <Group gap={0} wrap="nowrap">
                  <LinkButton run={run} />
                  <Tooltip label="Delete">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Delete ${listedName(run)}`}
                      onClick={() => onDelete(run)}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Tooltip>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

/** As the run is drawn in the charts. */
function Swatch({ color, hollow }: ReturnType<typeof runMark>) {
  return <span className={css['swatch']} style={{ color }} data-hollow={hollow || undefined} aria-hidden />;
}

/** A column that the table can be sorted by. */
function SortHead({
  column,
  label,
  sorted: { by, descending },
  onSort,
}: {
  column: RunColumn;
  label: string;
  sorted: { by: RunColumn | null; descending: boolean };
  onSort: (column: RunColumn) => void;
}) {
  const Icon = descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      ta={column === 'name' ? 'left' : 'right'}
      aria-sort={by === column ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <UnstyledButton fz="inherit" fw="inherit" onClick={() => onSort(column)} data-testid={`sort-${column}`}>
        {label} {by === column && <Icon size={13} aria-hidden />}
      </UnstyledButton>
    </Table.Th>
  );
}

/** The settings alone: no photo, no figure. */
function LinkButton({ run }: { run: KeptRun }) {
  const { copied, copy } = useClipboard();
  return (
    <Tooltip label={copied ? 'Copied' : 'Copy a link to its settings'}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Copy a link to the settings of ${listedName(run)}`}
        onClick={() => copy(linkOf(run.config, window.location.href))}
      >
        {copied ? <IconCheck size={16} /> : <IconLink size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

const WHERE_EMPTY = { name: UNNAMED, note: 'add a note', tags: 'tag, another tag' } as const;

/** Kept when one leaves the field. */
function Words({ run, field, label }: { run: KeptRun; field: keyof typeof WHERE_EMPTY; label: string }) {
  const studio = useStudio();
  const [draft, setDraft] = useState<string | null>(null);
  const kept = field === 'tags' ? (run.tags ?? []).join(', ') : run[field].trim();
  return (
    <TextInput
      size="xs"
      variant="unstyled"
      placeholder={WHERE_EMPTY[field]}
      aria-label={`${label} of ${listedName(run)}`}
      value={draft ?? kept}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => {
        if (draft !== null && draft !== kept)
          studio.describeRun(run, { [field]: field === 'tags' ? tagsOf(draft) : draft });
        setDraft(null);
      }}
    />
  );
}
