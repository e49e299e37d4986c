import { lazy, Suspense, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { sweepTable } from '../../client/chartTables';
import {
  classDeltas,
  hasWeights,
  leaderOf,
  majorityAccuracy,
  runnerUp,
  stepVerdict,
  sweptBase,
} from '../../client/selectors';
import { activationsSentence, classSentence, sweepSentence } from '../../client/sentences';
import { stageStatus } from '../../client/stageStatus';
import { hasFastaiHead } from '../../engine/models/meta';
import { formatAccuracy, formatCount, formatNoun, formatPoints } from '../../words/format';
import { leaderName, leaderTitle } from '../../words/sizeVerdict';
import { sweepCurves } from '../charts/activationCurves';
import { CdfChart } from '../charts/CdfChart';
import { DataTable } from '../charts/ChartFrame';
import { ClassChart } from '../charts/ClassChart';
import { useChartColors } from '../charts/colors';
import { SweepChart } from '../charts/SweepChart';
import { ScrollRegion } from '../ScrollRegion';
import { useStudioState } from '../StudioContext';
import { Card } from './Card';
import { DeltaDigest, DeltaList } from './DeltaList';
import { useSeedTabs } from './SeedTabs';
import { SizePicker } from './SizePicker';
import { SizesToScale } from './SizesToScale';
import css from './stage.module.css';
import { EmptyStage, StageFrame } from './StageFrame';
import { VerdictCard } from './VerdictCard';

const ApparentAccuracyPanel = lazy(() =>
  import('./ApparentAccuracyPanel').then(({ ApparentAccuracyPanel: panel }) => ({ default: panel })),
);

export function SweepStage() {
  const sweep = useStudioState((s) => s.sweep);
  const colors = useChartColors();
  const both = useStudioState((s) => s.weights !== null && hasFastaiHead(s.weights.arch));
  const ready = useStudioState(hasWeights);
  const sentence = useStudioState(sweepSentence);
  const headline = useStudioState((s) => stepVerdict(s, 'sweep').sentence);
  const activations = useStudioState(activationsSentence);
  const perClass = useStudioState(classSentence);
  const classes = useStudioState(useShallow((s) => s.dataset?.classes.map(({ name }) => name) ?? []));
  const guessing = useStudioState((s) => majorityAccuracy(s.dataset));
  const base = useStudioState(sweptBase);
  const { mood } = useStudioState(useShallow((s) => stageStatus(s, 'sweep')));
  const best = leaderOf(sweep);
  const seeds = useSeedTabs('sweep');
  const leader = useStudioState((s) => leaderName(s.sweep, s.dataset?.classes ?? []));
  const title = useStudioState((s) =>
    s.sweep && leaderOf(s.sweep) ? leaderTitle(s.sweep, s.dataset?.classes ?? []) : 'Accuracy',
  );
  const facts = useStudioState(useShallow((s) => stepVerdict(s, 'sweep').facts));
  // Where the size trained at leads, the runner-up shows what another would change.
  const other = best && best.size === base?.size ? runnerUp(sweep) : best;
  const deltas = useMemo(() => classDeltas(base?.classes, other?.classes, classes), [base, other, classes]);
  if (!sweep)
    return (
      <StageFrame
        stage="sweep"
        sentence="The same weights, tested at several sizes: which suits them best?"
        tabs={[
          {
            id: 'empty',
            label: 'Sizes',
            panel: ready ? (
              <SizesToScale />
            ) : (
              <EmptyStage
                title="No weights to test yet"
                text="Train a baseline first, or open weights that you saved before."
                goTo="baseline"
              />
            ),
          },
          ...seeds,
        ]}
      />
    );
  return (
    <StageFrame
      stage="sweep"
      sentence={headline || 'Measuring the first size.'}
      tabs={[
        {
          id: 'accuracy',
          label: 'Accuracy',
          panel: <SweepChart sweep={sweep} sentence={sentence} guessing={guessing} leader={leader} />,
        },
        {
          id: 'classes',
          label: 'By class',
          panel: <DeltaList title={deltasTitle(base?.size, other?.size)} deltas={deltas} />,
        },
        {
          id: 'curves',
          label: 'Class curves',
          panel: <ClassChart sweep={sweep} classes={classes} sentence={perClass} />,
        },
        {
          id: 'activations',
          label: 'Why: activations',
          panel: (
            <CdfChart
              curves={sweepCurves(sweep, colors)}
              by="by size"
              guide={both ? 'pooledBoth' : 'activations'}
              pooled={both ? 'averages and maxima' : 'averages'}
              sentence={activations}
              fileName="activations"
            />
          ),
        },
        {
          id: 'apparent',
          label: 'By apparent size',
          panel: (
            <Suspense>
              <ApparentAccuracyPanel />
            </Suspense>
          ),
        },
        {
          id: 'table',
          label: 'Table',
          panel: (
            <ScrollRegion className={`card ${css['tableCard']}`} label="Measured sizes">
              <DataTable table={sweepTable(sweep)} caption="Measured sizes" />
            </ScrollRegion>
          ),
        },
        ...seeds,
      ]}
      verdict={
        <VerdictCard
          title={title}
          tone={mood}
          score={best}
          by={sweep.config.selectBy}
          guessing={guessing}
          notes={facts}
          {...(best &&
            base &&
            best.size !== base.size && { gain: formatPoints(best.accuracy - base.accuracy, best.count) })}
          facts={[
            ...(base && base.size !== best?.size
              ? [{ name: 'Compared with', value: `${base.size} px, ${formatAccuracy(base.accuracy, base.count)}` }]
              : []),
            ...(best
              ? [{ name: 'Right', value: `${formatCount(best.correct)} of ${formatNoun(best.count, 'photo')}` }]
              : []),
          ]}
        />
      }
    >
      {best && <SizePicker sweep={sweep} />}
      {deltas.length > 0 && (
        <Card title={`Gains and losses at ${other?.size} px`}>
          <DeltaDigest deltas={deltas} count={4} />
        </Card>
      )}
    </StageFrame>
  );
}

const deltasTitle = (from: number | undefined, to: number | undefined): string =>
  from && to ? `Accuracy by class, from ${from} to ${to} px` : 'Accuracy by class';
