import { Button, Checkbox, Group, NativeSelect, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { epochTicks, niceTicks, spreadTicks } from '../../client/chartRows';
import {
  activationDistances,
  type Curves,
  curvesOf,
  deletedSentence,
  differingSettings,
  listedName,
  runColors,
  runsSentence,
  sharedSizes,
} from '../../client/comparison';
import { BLOG, PAPER, PUBLISHED_PHOTOS } from '../../client/published';
import { formatAccuracy, formatLoss, formatPercent } from '../../words/format';
import { hasWeights } from '../../client/selectors';
import type { KeptRun } from '../../client/state';
import { DataTable } from '../charts/ChartFrame';
import { OverlayChart } from '../charts/OverlayChart';
import { ScrollRegion } from '../ScrollRegion';
import { shown as saved, useStudio, useStudioState } from '../StudioContext';
import { Card } from './Card';
import { RunsTable } from './RunsTable';
import css from './stage.module.css';
import { EmptyStage, StageFrame, type StageTab } from './StageFrame';

const PUBLISHED = { blog: BLOG, paper: PAPER } as const;
const PERCENT_TICKS = [0, 20, 40, 60, 80, 100];
type PublishedId = keyof typeof PUBLISHED;

export function RunsStage() {
  const kept = useStudioState((s) => s.kept);
  const open = useStudioState((s) => s.dataset);
  const studio = useStudio();
  const [deleted, setDeleted] = useState<readonly KeptRun[]>([]);
  const [unchecked, setUnchecked] = useState<readonly string[]>([]);
  const [published, setPublished] = useState<readonly PublishedId[]>([]);
  const colors = runColors(kept);
  const shown = kept.filter(({ id }) => !unchecked.includes(id));
  const [size, setSize] = useState<number | null>(null);
  const sizes = sharedSizes(shown);
  const at = size !== null && sizes.includes(size) ? size : null;
  const curves = joined([curvesOf(shown, colors, at), ...published.map((id) => PUBLISHED[id])]);
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
            setDeleted((list) => [...list, run]);
            studio.deleteRun(run.id);
          }}
        />
      ),
  };
  return (
    <StageFrame stage="runs" sentence={runsSentence(kept, open)} tabs={[table, ...chartTabs(curves, photos)]}>
      {isSome(deleted) && (
        <Group className="card" p="xs" gap="xs" component="output">
          <Text size="sm" flex={1}>
            {deletedSentence(deleted)}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              for (const run of deleted) studio.keepRun(run);
              setDeleted([]);
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
      <Report />
      {shown.length > 1 && <Differences runs={shown} />}
      {sizes.length > 0 && <Distances runs={shown} sizes={sizes} at={at} onSize={setSize} />}
    </StageFrame>
  );
}

const isSome = <T,>(list: readonly T[]): list is readonly [T, ...T[]] => list.length > 0;

/** Of the photos and runs that are open. */
function Report() {
  const studio = useStudio();
  const ready = useStudioState((s) => hasWeights(s) && s.dataset !== null);
  if (!ready) return null;
  return (
    <Card title="Report of the open run">
      <Text size="sm" c="dimmed" mb="xs">
        Charts, tables and settings as one page, to read and print; no photos.
      </Text>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={15} />}
        onClick={() => saved(studio.download('report'))}
        data-testid="runs-report"
      >
        report.html
      </Button>
    </Card>
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
        sentence="Each run’s weights at every size that was measured."
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
        title="Pooled activations"
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

/** Activations at a size that several runs have measured, and how far they are apart. */
function Distances({
  runs,
  sizes,
  at,
  onSize,
}: {
  runs: readonly KeptRun[];
  sizes: readonly number[];
  at: number | null;
  onSize: (size: number | null) => void;
}) {
  const rows = activationDistances(runs, at);
  return (
    <Card title="How far activations are apart">
      <NativeSelect
        size="xs"
        label="At"
        value={at === null ? '' : String(at)}
        onChange={(event) => onSize(Number(event.currentTarget.value) || null)}
        data={[
          { value: '', label: 'each run’s best size' },
          ...sizes.map((one) => ({ value: String(one), label: `${one} px` })),
        ]}
        data-testid="activations-at"
      />
      {rows.length > 0 && (
        <ScrollRegion className={css['wide']} label="Distances of activations">
          <DataTable
            table={{
              columns: [`From ${rows[0]!.from}`, 'KS', 'Wasserstein'],
              rows: rows.map(({ name, ks, w1 }) => [name, ks.toFixed(3), w1.toFixed(3)]),
            }}
            caption="Distances of activations"
            sticky={false}
          />
        </ScrollRegion>
      )}
    </Card>
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

function Differences({ runs }: { runs: readonly KeptRun[] }) {
  const rows = differingSettings(runs);
  return (
    <Card title="What differs">
      {rows.length > 0 ? (
        <ScrollRegion className={css['wide']} label="Settings that differ">
          <DataTable
            table={{
              columns: [
                'Setting',
                ...runs.map((run) => `${listedName(run)} (${new Date(run.id).toLocaleTimeString()})`),
              ],
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
