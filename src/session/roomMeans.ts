/** What looking at photos one by one, and side by side, works with. */
import type { StudioEvent } from '../protocol/messages';
import type { GpuLink } from './gpuLink';
import type { Jobs } from './jobs';
import type { LookWeights } from './lookWeights';
import type { OpenPhotos } from './openPhotos';
import type { Project } from './project';

export interface PhotoRoomMeans {
  project: Project;
  emit: (event: StudioEvent) => void;
  jobs: Jobs;
  link: GpuLink;
  weights: LookWeights;
  photos: () => OpenPhotos;
  now: () => number;
}
