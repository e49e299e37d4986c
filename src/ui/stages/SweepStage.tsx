import { sweepTable } from '../../client/chartTables';
import { hasWeights } from '../../client/selectors';
import { activationsSentence, classSentence, sweepSentence } from '../../client/sentences';
import { isBusy } from '../../client/state';
import { useShallow } from 'zustand/react/shallow';
import { sweepCurves } from '../charts/activationCurves';
import { CdfChart } from '../charts/CdfChart';
import { ClassChart } from '../charts/ClassChart';
import { DataTable } from '../charts/ChartFrame';
import { hasFastaiHead } from '../../engine/models/meta';
import { useChartColors } from '../charts/colors';
import { SweepChart } from '../charts/SweepChart';
import { useStudioState } from '../StudioContext';
import { ScrollRegion } from '../ScrollRegion';
import css from './stages.module.css';
import { EmptyStage, NextButton, StageFrame } from './StageFrame';

const HEIGHT = 260;

export function SweepStage() {
  const sweep = useStudioState((s) => s.sweep);
  const colors = useChartColors();
  const both = useStudioState((s) => s.weights !== null && hasFastaiHead(s.weights.arch));
  const ready = useStudioState(hasWeights);
  const sentence = useStudioState(sweepSentence);
  const activations = useStudioState(activationsSentence);
  const perClass = useStudioState(classSentence);
  const classes = useStudioState(useShallow((s) => s.dataset?.classes.map(({ name }) => name) ?? []));
  const done = useStudioState((s) => !isBusy(s) && (s.sweep?.points.length ?? 0) > 0);
  return (
    <StageFrame
      stage="sweep"
      purpose="The same weights, tested at several sizes: which suits them best?"
      action={done && <NextButton to="finetune" />}
    >
      {sweep && (
        <>
          <div className={css['pair']}>
            <SweepChart sweep={sweep} sentence={sentence} height={HEIGHT} />
            <CdfChart
              curves={sweepCurves(sweep, colors)}
              by="by size"
              guide={both ? 'pooledBoth' : 'activations'}
              pooled={both ? 'averages and maxima' : 'averages'}
              sentence={activations}
              fileName="activations"
              height={HEIGHT}
            />
          </div>
          <ClassChart sweep={sweep} classes={classes} sentence={perClass} height={HEIGHT} />
          <ScrollRegion className={`card ${css['tableCard']}`} label="Measured sizes">
            <DataTable table={sweepTable(sweep)} />
          </ScrollRegion>
        </>
      )}
      {!sweep && !ready && (
        <EmptyStage
          title="No weights to test yet"
          text="Train a baseline first, or open weights that you saved before."
          goTo="baseline"
        />
      )}
      {!sweep && ready && (
        <EmptyStage
          title="Accuracy by test resolution will be drawn here"
          text="Each size appears as soon as it has been measured, and beside it what the classifier sees at that size."
        />
      )}
    </StageFrame>
  );
}
