/** The middle: the chosen step, or what must be there before it can be. */
import type { ComponentType } from 'react';
import { isIncapable } from '../../client/machine';
import type { StageId } from '../../client/state';
import { useStudioState } from '../StudioContext';
import { BaselineStage } from './BaselineStage';
import { ExperimentsStage } from './ExperimentsStage';
import { FineTuneStage } from './FineTuneStage';
import { NoWebGpu } from './NoWebGpu';
import { PhotosStage } from './PhotosStage';
import { RunsStage } from './RunsStage';
import { SweepStage } from './SweepStage';
import { TakeHomeStage } from './TakeHomeStage';

const STAGE_COMPONENTS: Record<StageId, ComponentType> = {
  photos: PhotosStage,
  baseline: BaselineStage,
  sweep: SweepStage,
  finetune: FineTuneStage,
  takehome: TakeHomeStage,
  experiments: ExperimentsStage,
  runs: RunsStage,
};

export function Stage() {
  const stage = useStudioState((s) => s.stage);
  const unable = useStudioState((s) => (isIncapable(s.machine) ? s.machine.error : null));
  const Chosen = STAGE_COMPONENTS[stage];
  return unable ? <NoWebGpu error={unable} /> : <Chosen />;
}
