import { ActionIcon, Button, Checkbox, Group, Table, Text, TextInput, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { epochTicks, niceTicks, spreadTicks } from '../../client/chartRows';
import { type Curves, curvesOf, differingSettings, figuresOf, runColors, runsSentence } from '../../client/comparison';
import { BLOG, PAPER, PUBLISHED_PHOTOS } from '../../client/published';
import { formatAccuracy, formatLoss, formatPercent } from '../../words/format';
import type { KeptRun } from '../../client/state';
import { DataTable } from '../charts/ChartFrame';
import { useChartColors } from '../charts/colors';
import { OverlayChart } from '../charts/OverlayChart';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import { Card } from './Card';
import css from './stage.module.css';
import { EmptyStage, StageFrame, type StageTab } from './StageFrame';

const PUBLISHED = { blog: BLOG, paper: PAPER } as const;
const PERCENT_TICKS = [0, 20, 40, 60, 80, 100];
type PublishedId = keyof typeof PUBLISHED;

export function RunsStage() {
  const kept = useStudioState((s) => s.kept);
  const studio = useStudio();
  const [deleted, setDeleted] = useState<KeptRun | null>(null);
  const [unchecked, setUnchecked] = useState<readonly string[]>([]);
  const [published, setPublished] = useState<readonly PublishedId[]>([]);
  const colors = runColors(kept);
  const shown = kept.filter(({ id }) => !unchecked.includes(id));
  const curves = joined([curvesOf(shown, colors), ...published.map((id) => PUBLISHED[id])]);
  const photos = Math.max(
    0,
    ...shown.map(({ dataset }) => dataset.validationCount),
    ...published.map(() => PUBLISHED_PHOTOS),
  );
  const toggle = <T,>(list: readonly T[], one: T) =>
    list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
  const table: StageTab = {
    id: 'runs',
    label: 'Runs',
    panel:
      kept.length === 0 ? (
        <EmptyStage
          title="No run has been kept yet"
          text="A run appears here when its first step ends, and its figures stay when the page is closed. Until then the published ones can be looked at."
        />
      ) : (
        <RunsTable
          runs={kept}
          colors={colors}
          isShown={(id) => !unchecked.includes(id)}
          onToggle={(id) => setUnchecked((list) => toggle(list, id))}
          onDelete={(run) => {
            setDeleted(run);
            studio.deleteRun(run.id);
          }}
        />
      ),
  };
  return (
    <StageFrame stage="runs" sentence={runsSentence(kept)} tabs={[table, ...chartTabs(curves, photos)]}>
      {deleted && (
        <Group className="card" p="xs" gap="xs" component="output">
          <Text size="sm" flex={1}>
            {deleted.name} was deleted.
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              studio.keepRun(deleted);
              setDeleted(null);
            }}
          >
            Undo
          </Button>
        </Group>
      )}
      <Card title="Lay over them">
        {(['blog', 'paper'] as const).map((id) => (
          <Checkbox
            key={id}
            size="sm"
            mt={6}
            label={id === 'blog' ? 'The blog’s figures: Cassava' : 'The paper’s figures: ImageNet'}
            checked={published.includes(id)}
            onChange={() => setPublished((list) => toggle(list, id))}
            data-testid={`published-${id}`}
          />
        ))}
        <Text size="xs" c="dimmed" mt={8}>
          Published on other photos: shapes compare, levels do not.
        </Text>
      </Card>
      {shown.length > 1 && <Differences runs={shown} />}
    </StageFrame>
  );
}

function chartTabs(curves: Curves, photos: number): StageTab[] {
  const tab = (id: string, label: string, panel: StageTab['panel'], count: number): StageTab[] =>
    count > 0 ? [{ id, label, panel }] : [];
  return [
    ...tab(
      'sizes',
      'By test size',
      <OverlayChart
        title="Accuracy by test resolution"
        sentence="Each run's weights at every size that was measured."
        fileName="runs-test-resolution"
        curves={curves.sizes}
        xName="test resolution, px"
        yName="accuracy, %"
        format={(y) => formatAccuracy(y / 100, photos)}
        yTicks={PERCENT_TICKS}
        readX={(x) => `${x} px`}
        ticksOf={spreadTicks}
      />,
      curves.sizes.length,
    ),
    ...tab(
      'epochs',
      'By epoch',
      <OverlayChart
        title="Validation accuracy by epoch"
        sentence="Baselines in their own view, fine-tunings at their own size: levels compare only where views do."
        fileName="runs-epochs"
        curves={curves.epochs}
        xName="epoch"
        yName="accuracy, %"
        format={(y) => formatAccuracy(y / 100, photos)}
        yTicks={PERCENT_TICKS}
        readX={(x) => `Epoch ${x}`}
        ticksOf={(epochs) => epochTicks(epochs.at(-1)!)}
      />,
      curves.epochs.length,
    ),
    ...tab(
      'losses',
      'Loss',
      <OverlayChart
        title="Loss by epoch"
        sentence="Cross entropy of each epoch, in training and on the validation photos."
        fileName="runs-losses"
        curves={curves.losses}
        xName="epoch"
        yName="cross entropy, nats"
        format={formatLoss}
        yTicks={niceTicks(Math.max(1, ...curves.losses.flatMap(({ points }) => points.map(({ y }) => y))))}
        readX={(x) => `Epoch ${x}`}
        ticksOf={(epochs) => epochTicks(epochs.at(-1)!)}
      />,
      curves.losses.length,
    ),
    ...tab(
      'activations',
      'Activations',
      <OverlayChart
        title="Pooled activations at the best size"
        sentence="What the classifier sees: share of activations up to a value."
        fileName="runs-activations"
        curves={curves.activations}
        xName="activation"
        yName="share up to it, %"
        format={(y) => formatPercent(y / 100)}
        yTicks={PERCENT_TICKS}
        readX={(x) => `Activations up to ${x.toFixed(2)}`}
        ticksOf={(activations) => niceTicks(activations.at(-1)!).slice(0, -1)}
      />,
      curves.activations.length,
    ),
  ];
}

function joined(all: readonly Curves[]): Curves {
  return {
    epochs: all.flatMap(({ epochs }) => epochs),
    losses: all.flatMap(({ losses }) => losses),
    sizes: all.flatMap(({ sizes }) => sizes),
    activations: all.flatMap(({ activations }) => activations),
  };
}

interface TableProps {
  runs: readonly KeptRun[];
  colors: ReadonlyMap<string, number>;
  isShown: (id: string) => boolean;
  onToggle: (id: string) => void;
  onDelete: (run: KeptRun) => void;
}

function RunsTable({ runs, colors, isShown, onToggle, onDelete }: TableProps) {
  const palette = useChartColors().runs;
  return (
    <ScrollRegion className={`card ${css['tableCard']}`} label="Kept runs">
      <Table verticalSpacing={4} horizontalSpacing={8} stickyHeader data-testid="kept-runs">
        <caption className="visually-hidden">Runs kept in this browser, the newest first</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Shown</Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th>Note</Table.Th>
            <Table.Th ta="right">Baseline</Table.Th>
            <Table.Th ta="right">Best of sweep</Table.Th>
            <Table.Th ta="right">Fine-tuned</Table.Th>
            <Table.Th>
              <span className="visually-hidden">Delete</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <Group gap={8} wrap="nowrap">
                  <Checkbox
                    checked={isShown(run.id)}
                    onChange={() => onToggle(run.id)}
                    aria-label={`Show ${run.name}`}
                  />
                  <span
                    className={css['swatch']}
                    style={{ background: palette[(colors.get(run.id) ?? 0) % palette.length] }}
                    aria-hidden
                  />
                </Group>
              </Table.Td>
              <Table.Td miw={190}>
                <Words run={run} field="name" label="Name" />
                <Text size="xs" c="dimmed">
                  {new Date(run.id).toLocaleString()}
                </Text>
              </Table.Td>
              <Table.Td miw={110}>
                <Words run={run} field="note" label="Note" />
              </Table.Td>
              {figuresOf(run).map((figure, i) => (
                <Table.Td key={i} ta="right" className="figures">
                  {figure}
                </Table.Td>
              ))}
              <Table.Td>
                <Tooltip label="Delete">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Delete ${run.name}`}
                    onClick={() => onDelete(run)}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Tooltip>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

/** Kept when one leaves the field. */
function Words({ run, field, label }: { run: KeptRun; field: 'name' | 'note'; label: string }) {
  const studio = useStudio();
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <TextInput
      size="xs"
      variant="unstyled"
      placeholder={field === 'note' ? 'add a note' : 'unnamed'}
      aria-label={`${label} of ${run.name}`}
      value={draft ?? run[field]}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => {
        if (draft !== null && draft !== run[field]) studio.keepRun({ ...run, [field]: draft });
        setDraft(null);
      }}
    />
  );
}

function Differences({ runs }: { runs: readonly KeptRun[] }) {
  const rows = differingSettings(runs);
  return (
    <Card title="What differs">
      {rows.length > 0 ? (
        <ScrollRegion className={css['scrollBoth']} label="Settings that differ">
          <DataTable
            table={{
              columns: ['Setting', ...runs.map(({ name, id }) => `${name} (${new Date(id).toLocaleTimeString()})`)],
              rows: rows.map(({ label, values }) => [label, ...values]),
            }}
            caption="Settings that differ"
            sticky={false}
          />
        </ScrollRegion>
      ) : (
        <Text size="sm">These runs have the same settings.</Text>
      )}
    </Card>
  );
}
