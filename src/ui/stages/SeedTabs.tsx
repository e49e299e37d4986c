import { lazy, Suspense } from 'react';
import type { RunId } from '../../engine/experiments/meta';
import { useStudioState } from '../StudioContext';
import type { StageTab } from './StageFrame';

const SeedsPanel = lazy(() => import('./SeedsPanel').then(({ SeedsPanel: panel }) => ({ default: panel })));

/** What a run came to with several seeds; no tab before. */
export function useSeedTabs(run: RunId): StageTab[] {
  const any = useStudioState((s) => s.seeds?.done.some((one) => one.run === run) ?? false);
  if (!any) return [];
  const panel = (
    <Suspense>
      <SeedsPanel key={run} run={run} />
    </Suspense>
  );
  return [{ id: 'seeds', label: 'Seeds', panel }];
}
