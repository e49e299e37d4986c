/** One of the steps, or what must be there before it can be. What draws charts comes when it is first shown. */
import { type ComponentType, lazy, Suspense, useEffect } from 'react';
import { isIncapable } from '../../client/machine';
import type { StageId } from '../../client/state';
import { useStudioState } from '../StudioContext';
import { NoWebGpu } from './NoWebGpu';
import { PhotosStage } from './PhotosStage';

const load = {
  baseline: () => import('./BaselineStage').then((module) => ({ default: module.BaselineStage })),
  sweep: () => import('./SweepStage').then((module) => ({ default: module.SweepStage })),
  finetune: () => import('./FineTuneStage').then((module) => ({ default: module.FineTuneStage })),
  takehome: () => import('./ExportStage').then((module) => ({ default: module.ExportStage })),
  experiments: () => import('./ExperimentsStage').then((module) => ({ default: module.ExperimentsStage })),
  runs: () => import('./RunsStage').then((module) => ({ default: module.RunsStage })),
};

const STAGE_COMPONENTS: Record<StageId, ComponentType> = {
  photos: PhotosStage,
  baseline: lazy(load.baseline),
  sweep: lazy(load.sweep),
  finetune: lazy(load.finetune),
  takehome: lazy(load.takehome),
  experiments: lazy(load.experiments),
  runs: lazy(load.runs),
};

export function Stage({ stage }: { stage: StageId }) {
  const opened = useStudioState((s) => s.dataset !== null);
  const unable = useStudioState((s) => (isIncapable(s.machine) ? s.machine.error : null));
  const Chosen = STAGE_COMPONENTS[stage];
  // With photos the other steps are near: they are there before they are asked for.
  useEffect(() => {
    if (opened) void Promise.allSettled(Object.values(load).map((one) => one()));
  }, [opened]);
  if (unable) return <NoWebGpu error={unable} />;
  return (
    <Suspense>
      <Chosen />
    </Suspense>
  );
}
