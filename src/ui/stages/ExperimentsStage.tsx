import { SegmentedControl, Text } from '@mantine/core';
import { dotRows } from '../../client/chartRows';
import { experimentTable } from '../../client/chartTables';
import { experimentSentence } from '../../client/sentences';
import { EXPERIMENT_LABELS, EXPERIMENTS, recipeNote } from '../../engine/experiments/meta';
import { DotChart } from '../charts/DotChart';
import { DataTable } from '../charts/ChartFrame';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import { ResolutionCalculator } from './ResolutionCalculator';
import css from './stages.module.css';
import { EmptyStage, StageFrame } from './StageFrame';

export function ExperimentsStage() {
  const studio = useStudio();
  const id = useStudioState((s) => s.experiment);
  const result = useStudioState((s) => s.experiments[s.experiment]);
  const sentence = useStudioState(experimentSentence);
  const hasPhotos = useStudioState((s) => s.dataset !== null);
  const { label, asks, paper } = EXPERIMENT_LABELS[id];
  const recipe = useStudioState((s) => recipeNote(s.experiment, s.config));
  const table = experimentTable(result?.rows ?? []);
  return (
    <StageFrame stage="experiments" purpose="Questions beyond the three steps, answered on your own photos.">
      <SegmentedControl
        fullWidth
        size="sm"
        transitionDuration={0}
        aria-label="Experiment"
        data={EXPERIMENTS.map((one) => ({ value: one, label: EXPERIMENT_LABELS[one].label }))}
        value={id}
        onChange={(one) => studio.chooseExperiment(one)}
        data-testid="experiment"
      />
      <div className={`card ${css['result']}`}>
        <Text size="sm">{asks}</Text>
        <Text size="sm" c="dimmed">
          {paper}
        </Text>
        {recipe && <Text size="sm">{recipe}</Text>}
      </div>
      {id === 'lowResolution' && <ResolutionCalculator />}
      {result ? (
        <>
          <DotChart
            title={label}
            sentence={sentence}
            fileName={`experiment-${id}`}
            rows={dotRows(result.rows)}
            table={table}
          />
          <ScrollRegion className={`card ${css['tableCard']}`} label={`${label}, table`}>
            <DataTable table={table} />
          </ScrollRegion>
        </>
      ) : (
        <EmptyStage
          title="A line for each way will appear here"
          text={
            hasPhotos
              ? 'With its accuracy, its 95 % interval and what the differences are worth. The weights of the three steps stay as they are.'
              : 'Open photos first, and train a baseline.'
          }
          {...(!hasPhotos && { goTo: 'photos' as const })}
        />
      )}
    </StageFrame>
  );
}
