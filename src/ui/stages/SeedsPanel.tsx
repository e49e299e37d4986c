/** A run's charts over seeds, one at a time, and its figures below them. */
import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { majorityAccuracyIn } from '../../client/selectors';
import { seedChartsOf, seedDots, seedMeasureTable, seedPairs } from '../../client/seedRows';
import { type RunId, RUN_META, STEPS } from '../../engine/experiments/meta';
import type { SeedStudy } from '../../protocol/queue';
import { capitalised } from '../../words/format';
import { SEED_CHARTS, seedChartSentence } from '../../words/seeds';
import { DataTable } from '../charts/ChartFrame';
import { DotChart } from '../charts/DotChart';
import { SeedsChart } from '../charts/SeedsChart';
import { ScrollRegion } from '../ScrollRegion';
import { useStudioState } from '../StudioContext';
import { SizeGrids } from './SizeGrids';
import css from './stage.module.css';

export function SeedsPanel({ run }: { run: RunId }) {
  const study = useStudioState((s) => s.seeds);
  return study && <Panel study={study} run={run} />;
}

const FIGURES = 'figures';
const GRID = 'grid';
/** More lines have no room above the table. */
const MOST_DOTS = 10;

function Panel({ study, run }: { study: SeedStudy; run: RunId }) {
  const classes = useStudioState(useShallow((s) => s.dataset?.classes.map(({ name }) => name) ?? []));
  const guessing = useStudioState((s) => majorityAccuracyIn(run, s.dataset));
  const [wanted, setWanted] = useState<string | null>(null);
  const charts = useMemo(() => seedChartsOf(study, run, classes), [study, run, classes]);
  const table = useMemo(() => seedMeasureTable(study, run), [study, run]);
  const dots = useMemo(() => seedDots(study, comparedWith(run)), [study, run]);
  const figures =
    dots.length > 1 && dots.length <= MOST_DOTS ? [{ value: FIGURES, label: 'Figures side by side' }] : [];
  const drawn = charts.map(({ chart: { id } }) => ({ value: id as string, label: capitalised(SEED_CHARTS[id].title) }));
  const grid = run === 'trainTest' ? [{ value: GRID, label: 'Heat map' }] : [];
  const options = run === 'finetune' ? [...drawn, ...figures] : [...grid, ...figures, ...drawn];
  const chosen = options.find(({ value }) => value === wanted)?.value ?? options[0]?.value;
  const data = charts.find(({ chart }) => chart.id === chosen);
  return (
    <div className={css['seeds']}>
      {options.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label="Chart over seeds"
          className={css['seedChoice']}
          data={options}
          value={chosen}
          onChange={(event) => setWanted(event.currentTarget.value)}
          data-testid="seed-chart"
        />
      )}
      {data && <SeedsChart {...data} />}
      {chosen === GRID && <SizeGrids pairs={seedPairs(study, run)} />}
      {chosen === FIGURES && (
        <DotChart
          title={`${RUN_META[run].label} over seeds: figures side by side`}
          guide="seeds"
          sentence={seedChartSentence(study, run, dots.length, dots.length)}
          fileName={`seeds-${run}`}
          rows={dots}
          guessing={guessing}
          table={table}
        />
      )}
      <ScrollRegion className={`card ${css['seedTable']}`} label="Figures over seeds">
        <DataTable table={table} caption="Figures over seeds" sticky={false} />
      </ScrollRegion>
    </div>
  );
}

/** Fine-tuning beside the steps before it, an experiment's rows beside one another. */
const comparedWith = (run: RunId): readonly RunId[] => (run === 'finetune' ? STEPS : [run]);
