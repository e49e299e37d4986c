import { NativeSelect, Text } from '@mantine/core';
import { dotRows, niceTicks } from '../../client/chartRows';
import { experimentTable } from '../../client/chartTables';
import { majorityAccuracyIn } from '../../client/selectors';
import { experimentSentence } from '../../client/sentences';
import { costCurves, sizePairs } from '../../client/trainTest';
import type { ExperimentRow } from '../../engine/base/records';
import { EXPERIMENT_META, EXPERIMENTS, type ExperimentId, recipeNote } from '../../engine/experiments/meta';
import { DataTable } from '../charts/ChartFrame';
import { DotChart } from '../charts/DotChart';
import { OverlayChart } from '../charts/OverlayChart';
import { formatAccuracy } from '../../words/format';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import { Card } from './Card';
import { ResolutionCalculator } from './ResolutionCalculator';
import css from './stage.module.css';
import { useSeedTabs } from './SeedTabs';
import { SizeGrids } from './SizeGrids';
import { EmptyStage, StageFrame, type StageTab } from './StageFrame';

/** Its rows as a heat map, and by what a test costs. */
function trainTestTabs(rows: readonly ExperimentRow[], sentence: string): StageTab[] {
  const curves = costCurves(rows);
  const photos = rows[0]?.score.count ?? 0;
  return [
    { id: 'grid', label: 'Heat map', panel: <SizeGrids pairs={sizePairs(rows)} /> },
    {
      id: 'cost',
      label: 'Cost',
      panel: (
        <OverlayChart
          title="Accuracy by the cost of a test"
          guide="experiment"
          sentence={sentence}
          fileName="train-test-cost"
          curves={curves}
          xName="billions of multiply-accumulates a photo"
          yName="accuracy, %"
          format={(y) => formatAccuracy(y / 100, photos)}
          yTicks={[0, 20, 40, 60, 80, 100]}
          readX={(x) => `${x.toPrecision(3)} billion a photo`}
          ticksOf={(xs) => niceTicks(xs.at(-1)!).filter((tick) => tick >= xs[0]! && tick <= xs.at(-1)!)}
        />
      ),
    },
  ];
}

export function ExperimentsStage() {
  const studio = useStudio();
  const id = useStudioState((s) => s.experiment);
  const result = useStudioState((s) => s.experiments[s.experiment]);
  const sentence = useStudioState(experimentSentence);
  const hasPhotos = useStudioState((s) => s.dataset !== null);
  const guessing = useStudioState((s) => majorityAccuracyIn(s.experiment, s.dataset));
  const { label, asks, paper } = EXPERIMENT_META[id];
  const recipe = useStudioState((s) => recipeNote(s.experiment, s.config));
  const table = experimentTable(result?.rows ?? []);
  const grids = id === 'trainTest' && result && result.rows.length > 0 ? trainTestTabs(result.rows, sentence) : [];
  const seeds = useSeedTabs(id);
  const tabs = result
    ? [
        ...grids,
        {
          id: 'chart',
          label: 'Chart',
          panel: (
            <DotChart
              title={label}
              guide="experiment"
              sentence={sentence}
              quiet
              fileName={`experiment-${id}`}
              rows={dotRows(result.rows)}
              guessing={guessing}
              table={table}
            />
          ),
        },
        {
          id: 'table',
          label: 'Table',
          panel: (
            <ScrollRegion className={`card ${css['tableCard']}`} label={`${label}, table`}>
              <DataTable table={table} caption={label} />
            </ScrollRegion>
          ),
        },
      ]
    : [
        {
          id: 'chart',
          label: 'Chart',
          panel: (
            <EmptyStage
              title="Results will appear here"
              text={
                hasPhotos
                  ? 'A line each, with its accuracy, its 95 % interval and what the differences are worth. The weights of the three steps stay as they are.'
                  : 'Open photos first, and train a baseline.'
              }
              {...(!hasPhotos && { goTo: 'photos' as const })}
            />
          ),
        },
      ];
  return (
    <StageFrame stage="experiments" sentence={result ? sentence : asks} tabs={[...tabs, ...seeds]}>
      <Card title="Experiment">
        <NativeSelect
          aria-label="Experiment"
          data={EXPERIMENTS.map((one) => ({ value: one, label: EXPERIMENT_META[one].label }))}
          value={id}
          onChange={(event) => studio.chooseExperiment(event.currentTarget.value as ExperimentId)}
          data-testid="experiment"
        />
        {/* The stage's sentence, until there are results. */}
        {result && (
          <Text size="sm" mt="xs">
            {asks}
          </Text>
        )}
        <Text size="sm" c="dimmed" mt="xs">
          {paper}
        </Text>
        {recipe && (
          <Text size="sm" mt={4}>
            {recipe}
          </Text>
        )}
      </Card>
      {id === 'lowResolution' && <ResolutionCalculator />}
    </StageFrame>
  );
}
