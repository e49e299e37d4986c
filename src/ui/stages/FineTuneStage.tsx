import { Text } from '@mantine/core';
import { baselineScore, bestEpoch, choiceIn, hasWeights, intervalOf, leaderOf } from '../../client/selectors';
import { formatAccuracy, formatInterval, formatPoints, keepUnits } from '../../words/format';
import { shiftSentence, tuneSentence } from '../../client/sentences';
import { isBusy } from '../../client/state';
import type { Score } from '../../engine/base/records';
import { shiftCurves } from '../charts/activationCurves';
import { CdfChart } from '../charts/CdfChart';
import { hasFastaiHead } from '../../engine/models/meta';
import { useChartColors } from '../charts/colors';
import { LogPanel } from '../shell/LogPanel';
import { useStudioState } from '../StudioContext';
import css from './stages.module.css';
import { ChangesPanel } from './ChangesPanel';
import { EmptyStage, NextButton, StageFrame } from './StageFrame';
import { TrainingCharts } from './TrainingCharts';

export function FineTuneStage() {
  const result = useStudioState((s) => s.finetune);
  const colors = useChartColors();
  const both = useStudioState((s) => s.weights !== null && hasFastaiHead(s.weights.arch));
  const ready = useStudioState(hasWeights);
  const sentence = useStudioState(tuneSentence);
  const done = useStudioState((s) => !isBusy(s) && (s.finetune?.epochs.length ?? 0) > 0);
  return (
    <StageFrame
      stage="finetune"
      purpose="Adapt only the classifier to the size that works best."
      action={done && <NextButton to="takehome" />}
    >
      {result && (
        <>
          <Text size="sm">{keepUnits(sentence)}</Text>
          <Comparison />
          <TrainingCharts result={result} epochs={result.config.tuneEpochs} height={190} />
          {result.shift && (
            <CdfChart
              curves={shiftCurves(result.shift, colors)}
              by="before and after"
              guide="shift"
              pooled={both ? 'averages and maxima' : 'averages'}
              sentence={shiftSentence(result.shift)}
              fileName="activations-finetuned"
              height={230}
            />
          )}
          <LogPanel run="finetune" />
          <ChangesPanel />
        </>
      )}
      {!result && !ready && (
        <EmptyStage
          title="No weights to fine-tune yet"
          text="Train a baseline first, then find its best test resolution."
          goTo="baseline"
        />
      )}
      {!result && ready && (
        <EmptyStage
          title="Before and after will be compared here"
          text="A few short epochs: only the classifier learns, so they take little memory and time."
        />
      )}
    </StageFrame>
  );
}

function Comparison() {
  const before = useStudioState(baselineScore);
  const swept = useStudioState((s) => leaderOf(s.sweep));
  const best = useStudioState((s) => choiceIn(s).best !== null);
  const size = useStudioState((s) => s.finetune?.size);
  const tuned = useStudioState((s) => bestEpoch(s.finetune)?.validation ?? null);
  return (
    <div className={css['comparison']} data-testid="comparison">
      <Result name="Baseline, its own view" score={before} against={null} />
      <Result
        name={swept ? `${best ? 'Best size' : 'Most accurate so far'}, ${swept.size} px` : 'Best size'}
        score={swept}
        against={before}
      />
      <Result name={`Fine-tuned, ${size} px`} score={tuned} against={before} />
    </div>
  );
}

function Result({ name, score, against }: { name: string; score: Score | null; against: Score | null }) {
  return (
    <div className={`card figures ${css['result']}`}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <div>
        <span className={css['value']}>{score ? formatAccuracy(score.accuracy, score.count) : '–'}</span>
        {score && against && (
          <span className={css['gain']}>{formatPoints(score.accuracy - against.accuracy, score.count)}</span>
        )}
      </div>
      <Text size="xs" c="dimmed">
        {score ? `95 % interval ${formatInterval(intervalOf(score), score.count)}` : 'not measured yet'}
      </Text>
    </div>
  );
}
