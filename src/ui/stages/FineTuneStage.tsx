import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { changeTable } from '../../client/changes';
import { tuningRows } from '../../client/chartRows';
import { tuningTable } from '../../client/chartTables';
import { bestEpoch, hasWeights, majorityAccuracy, scoresBeforeTuning, stepVerdict } from '../../client/selectors';
import { shiftSentence, tuneSentence } from '../../client/sentences';
import { stageStatus } from '../../client/stageStatus';
import { hasFastaiHead } from '../../engine/models/meta';
import { formatAccuracy, formatPoints } from '../../words/format';
import { judgedBy } from '../../words/trainingVerdict';
import { shiftCurves } from '../charts/activationCurves';
import { CdfChart } from '../charts/CdfChart';
import { DataTable } from '../charts/ChartFrame';
import { useChartColors } from '../charts/colors';
import { DotChart } from '../charts/DotChart';
import { LogPanel } from '../shell/LogPanel';
import { ScrollRegion } from '../ScrollRegion';
import { useStudioState } from '../StudioContext';
import { ChangedPhotos, useChange } from './changes';
import { ConfusionPanel } from './ConfusionPanel';
import { DeltaList } from './DeltaList';
import css from './stage.module.css';
import { EmptyStage, StageFrame, type StageTab } from './StageFrame';
import { ClassMetrics, qualityTabs } from './QualityTabs';
import { useSeedTabs } from './SeedTabs';
import { TrainingCards, useTrainingTabs } from './TrainingTabs';
import { VerdictCard } from './VerdictCard';

export function FineTuneStage() {
  const result = useStudioState((s) => s.finetune);
  const ready = useStudioState(hasWeights);
  const training = useTrainingTabs(result, result?.config.tuneEpochs ?? 1);
  const seeds = useSeedTabs('finetune');
  if (result) return <Tuned training={training} seeds={seeds} />;
  return (
    <StageFrame
      stage="finetune"
      sentence="Adapt only the classifier to the size that works best: it takes little memory and time."
      tabs={[
        {
          id: 'empty',
          label: 'Result',
          panel: ready ? (
            <EmptyStage
              title="Before and after will be compared here"
              text="A few short epochs, in which the classifier learns and the last batch norm takes up the new statistics. All else stays as it is."
            />
          ) : (
            <EmptyStage
              title="No weights to fine-tune yet"
              text="Train a baseline first, then find its best test resolution."
              goTo="baseline"
            />
          ),
        },
        ...seeds,
      ]}
    />
  );
}

function Tuned({ training, seeds }: { training: readonly StageTab[]; seeds: readonly StageTab[] }) {
  const result = useStudioState((s) => s.finetune)!;
  const both = useStudioState((s) => s.weights !== null && hasFastaiHead(s.weights.arch));
  const colors = useChartColors();
  const sentence = useStudioState(tuneSentence);
  const headline = useStudioState((s) => stepVerdict(s, 'finetune').sentence);
  const guessing = useStudioState((s) => majorityAccuracy(s.dataset));
  const { mood } = useStudioState(useShallow((s) => stageStatus(s, 'finetune')));
  const classes = useStudioState(useShallow((s) => s.dataset?.classes.map(({ name }) => name) ?? []));
  const { own, same } = useStudioState(useShallow(scoresBeforeTuning));
  const before = own ?? same;
  const tuned = bestEpoch(result)?.validation ?? null;
  const facts = useStudioState(useShallow((s) => stepVerdict(s, 'finetune').facts));
  const change = useChange(classes.length);
  const rows = useMemo(() => tuningRows({ own, same, tuned, size: result.size }), [own, same, tuned, result.size]);
  const running = result.ended === 'running';
  const compared: StageTab[] =
    rows.length > 1 && tuned
      ? [
          {
            id: 'result',
            label: 'Result',
            panel: (
              <DotChart
                title="From baseline to fine-tuned"
                guide="experiment"
                sentence={sentence}
                quiet
                fileName="fine-tuning"
                rows={rows}
                guessing={guessing}
                table={tuningTable(rows)}
              />
            ),
          },
        ]
      : [];
  const paired: StageTab[] = change
    ? [
        {
          id: 'classes',
          label: 'By class',
          panel: (
            <DeltaList
              title={`Accuracy by class: ${change.title}`}
              deltas={change.change.classes.flatMap(({ count, before: was, after }, i) =>
                count > 0 ? [{ name: classes[i] ?? String(i), before: was / count, after: after / count }] : [],
              )}
            />
          ),
        },
        ...qualityTabs(change.pair[1].quality, classes),
        { id: 'confusions', label: 'Confusions', panel: <ConfusionPanel of={change} classes={classes} /> },
        {
          id: 'changes',
          label: 'Table',
          panel: (
            <ScrollRegion
              className={`card ${css['tableCard']}`}
              label="Gained and lost by class, precision, recall and F1"
            >
              <DataTable table={changeTable(change.change, classes)} caption="Gained and lost by class" />
              <ClassMetrics quality={change.pair[1].quality} classes={classes} />
            </ScrollRegion>
          ),
        },
      ]
    : [];
  const shift: StageTab[] = result.shift
    ? [
        {
          id: 'activations',
          label: 'Activations',
          panel: (
            <CdfChart
              curves={shiftCurves(result.shift, colors)}
              by="before and after"
              guide="shift"
              pooled={both ? 'averages and maxima' : 'averages'}
              sentence={shiftSentence(result.shift)}
              fileName="activations-finetuned"
            />
          ),
        },
      ]
    : [];
  const log: StageTab = { id: 'log', label: 'Log', panel: <LogPanel run="finetune" /> };
  return (
    <StageFrame
      stage="finetune"
      sentence={headline || 'Fine-tuning: before and after are compared once the first epoch is done.'}
      tabs={
        running
          ? [...training, ...compared, ...seeds, ...shift, log]
          : [...compared, ...training, ...seeds, ...paired, ...shift, log]
      }
      verdict={
        <VerdictCard
          title={`Fine-tuned at ${result.size} px`}
          tone={mood}
          score={tuned}
          by={judgedBy(result)}
          guessing={guessing}
          notes={facts}
          {...(tuned && before && { gain: formatPoints(tuned.accuracy - before.accuracy, tuned.count) })}
          facts={[
            ...(own ? [{ name: 'Baseline', value: formatAccuracy(own.accuracy, own.count) }] : []),
            ...(same && same.accuracy !== own?.accuracy
              ? [{ name: `At ${result.size} px before`, value: formatAccuracy(same.accuracy, same.count) }]
              : []),
          ]}
        />
      }
    >
      {running || !change ? (
        <TrainingCards result={result} epochs={result.config.tuneEpochs} />
      ) : (
        <ChangedPhotos of={change} classes={classes} />
      )}
    </StageFrame>
  );
}
