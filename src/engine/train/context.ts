/** What a run works with: handed in once, by whoever hosts it. */
import type { StudioBackend } from '../gpu/backend';
import type { Precision } from '../kernels/storage';
import type { PhotoLoader } from '../photo/view';
import type { BatchViewer } from './batchViewer';

/** What every part of a run works with. */
export interface RunContext {
  backend: StudioBackend;
  loader: PhotoLoader;
  signal: AbortSignal;
  onUnreadable: (path: string, reason: string) => void;
  /** GPU memory that a run may take, bytes. */
  memoryBytes: number;
  /** Host memory that a frozen trunk's features may take, bytes. */
  featureBytes: number;
  /** Of training's activations. */
  precision: Precision;
  /** Seconds that choosing among kernels may take where it has not been done; 0 for the defaults. */
  tuneSeconds: number;
  /** ms; stands still while the run is paused. */
  now: () => number;
  /** Through which batches of training can be seen, where somebody may look. */
  viewer?: BatchViewer;
}
