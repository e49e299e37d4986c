import { ActionIcon, Button, Checkbox, Group, Table, Text, TextInput, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type Curves, curvesOf, differingSettings, figuresOf } from '../../client/comparison';
import { epochTicks, niceTicks, spreadTicks } from '../../client/chartRows';
import { BLOG, PAPER, PUBLISHED_PHOTOS } from '../../client/published';
import { formatAccuracy, formatLoss, formatPercent } from '../../words/format';
import type { KeptRun } from '../../client/state';
import { DataTable } from '../charts/ChartFrame';
import { OverlayChart } from '../charts/OverlayChart';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import css from './stages.module.css';
import { EmptyStage, StageFrame } from './StageFrame';

const HEIGHT = 260;
const PERCENT_TICKS = [0, 20, 40, 60, 80, 100];
const PUBLISHED = { blog: BLOG, paper: PAPER } as const;

export function RunsStage() {
  const kept = useStudioState((s) => s.kept);
  const studio = useStudio();
  const [deleted, setDeleted] = useState<KeptRun | null>(null);
  const [unchecked, setUnchecked] = useState<readonly string[]>([]);
  const [published, setPublished] = useState<readonly (keyof typeof PUBLISHED)[]>([]);
  const shown = kept.filter(({ id }) => !unchecked.includes(id));
  const photos = Math.max(
    0,
    ...shown.map(({ dataset }) => dataset.validationCount),
    ...published.map(() => PUBLISHED_PHOTOS),
  );
  const curves = joined([curvesOf(shown), ...published.map((id) => PUBLISHED[id])]);
  const toggle = <T,>(list: readonly T[], one: T) =>
    list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
  return (
    <StageFrame
      stage="runs"
      purpose="Every run is kept in this browser: lay them over one another, and over published ones."
    >
      {kept.length === 0 ? (
        <EmptyStage
          title="No run has been kept yet"
          text="A run appears here when its first step ends, and stays when the page is closed. Until then the published figures can be looked at."
        />
      ) : (
        <RunsTable
          runs={kept}
          isShown={(id) => !unchecked.includes(id)}
          onToggle={(id) => setUnchecked((list) => toggle(list, id))}
          onDelete={(run) => {
            setDeleted(run);
            studio.deleteRun(run.id);
          }}
        />
      )}
      {deleted && (
        <Group gap="xs" component="output">
          <Text size="sm">{deleted.name} was deleted.</Text>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              studio.keepRun(deleted);
              setDeleted(null);
            }}
          >
            Take it back
          </Button>
        </Group>
      )}
      <Group gap="lg">
        {(['blog', 'paper'] as const).map((id) => (
          <Checkbox
            key={id}
            label={id === 'blog' ? "The blog's figures, as published" : "The paper's figures, as published"}
            checked={published.includes(id)}
            onChange={() => setPublished((list) => toggle(list, id))}
            data-testid={`published-${id}`}
          />
        ))}
      </Group>
      <div className={css['pair']}>
        {curves.sizes.length > 0 && (
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
            height={HEIGHT}
          />
        )}
        {curves.epochs.length > 0 && (
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
            height={HEIGHT}
          />
        )}
        {curves.losses.length > 0 && (
          <OverlayChart
            title="Loss by epoch"
            sentence="Cross entropy of each epoch, in training and on the validation photos."
            fileName="runs-losses"
            curves={curves.losses}
            xName="epoch"
            yName="cross entropy, nats"
            format={formatLoss}
            yTicks={niceTicks(Math.max(...curves.losses.flatMap(({ points }) => points.map(({ y }) => y))))}
            readX={(x) => `Epoch ${x}`}
            ticksOf={(epochs) => epochTicks(epochs.at(-1)!)}
            height={HEIGHT}
          />
        )}
        {curves.activations.length > 0 && (
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
            height={HEIGHT}
          />
        )}
      </div>
      {shown.length > 1 && <Differences runs={shown} />}
    </StageFrame>
  );
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
  isShown: (id: string) => boolean;
  onToggle: (id: string) => void;
  onDelete: (run: KeptRun) => void;
}

function RunsTable({ runs, isShown, onToggle, onDelete }: TableProps) {
  return (
    <ScrollRegion className={`card ${css['tableCard']}`} label="Kept runs">
      <Table verticalSpacing={4} horizontalSpacing={6} stickyHeader data-testid="kept-runs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Shown</Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th>Note</Table.Th>
            <Table.Th ta="right">Baseline</Table.Th>
            <Table.Th ta="right">Best of sweep</Table.Th>
            <Table.Th ta="right">Fine-tuned</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <Checkbox checked={isShown(run.id)} onChange={() => onToggle(run.id)} aria-label={`Show ${run.name}`} />
              </Table.Td>
              <Table.Td miw={190}>
                <Words run={run} field="name" label="Name" />
                <Text size="xs" c="dimmed">
                  {new Date(run.id).toLocaleString()}
                </Text>
              </Table.Td>
              <Table.Td miw={120}>
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
    <ScrollRegion className={`card ${css['tableCard']}`} label="Settings that differ">
      {rows.length > 0 ? (
        <DataTable
          table={{
            columns: ['Setting', ...runs.map(({ name, id }) => `${name} (${new Date(id).toLocaleTimeString()})`)],
            rows: rows.map(({ label, values }) => [label, ...values]),
          }}
        />
      ) : (
        <Text size="sm" py={6}>
          These runs have the same settings.
        </Text>
      )}
    </ScrollRegion>
  );
}
