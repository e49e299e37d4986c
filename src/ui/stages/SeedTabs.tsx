import { useMemo } from 'react';
import { seedChart, seedMeasureTable } from '../../client/seedRows';
import type { StepId } from '../../engine/experiments/meta';
import { DataTable } from '../charts/ChartFrame';
import { SeedsChart } from '../charts/SeedsChart';
import { ScrollRegion } from '../ScrollRegion';
import { useStudioState } from '../StudioContext';
import css from './stage.module.css';
import type { StageTab } from './StageFrame';

const TITLES: Record<StepId, string> = {
  baseline: 'Validation accuracy over seeds',
  sweep: 'Accuracy by test resolution, over seeds',
  finetune: 'Accuracy in fine-tuning, over seeds',
};

/** What a step came to with several seeds; no tab before. */
export function useSeedTabs(step: StepId): StageTab[] {
  const study = useStudioState((s) => s.seeds);
  const chart = useMemo(() => seedChart(study, step), [study, step]);
  const table = useMemo(() => study && seedMeasureTable(study, step), [study, step]);
  if (!chart || !table) return [];
  return [
    {
      id: 'seeds',
      label: 'Seeds',
      panel: (
        <div className={css['seeds']}>
          <SeedsChart
            {...chart}
            by={step === 'sweep' ? 'size' : 'epoch'}
            title={TITLES[step]}
            fileName={`seeds-${step}`}
          />
          <ScrollRegion className={`card ${css['seedTable']}`} label="Figures over seeds">
            <DataTable table={table} caption="Figures over seeds" sticky={false} />
          </ScrollRegion>
        </div>
      ),
    },
  ];
}
