/** What to do about a failure, as one change of the settings that a button makes. */
import type { ErrorData } from '../engine/base/errors';
import type { StudioConfig } from '../engine/experiments/meta';

export interface Remedy {
  /** What the button says. */
  label: string;
  patch: Partial<StudioConfig>;
}

const LEAST_SIZE = 32;
/** GB, the default. */
const USUAL_MEMORY = 4;
const SMALL_BATCH = 8;

/**
 * What lets a run fit that does not, the mildest first: more of the GPU's memory where less than usual was allowed, a
 * smaller network, smaller crops. A smaller batch only where the GPU itself ran out: what does not fit goes in parts anyway.
 * Null where no setting would help.
 */
export function remedyOf({ code, message }: ErrorData, config: StudioConfig): Remedy | null {
  const { batchSize, arch, trainSize, gpuMemory } = config;
  const ranOut = code === 'gpu-error' && /memory/i.test(message);
  if (code !== 'exceeds-limits' && !ranOut) return null;
  if (ranOut && batchSize > SMALL_BATCH)
    return { label: `Use a batch of ${SMALL_BATCH}`, patch: { batchSize: SMALL_BATCH } };
  if (!ranOut && gpuMemory < USUAL_MEMORY)
    return { label: `Allow ${USUAL_MEMORY} GB`, patch: { gpuMemory: USUAL_MEMORY } };
  if (arch !== 'resnet18') return { label: 'Use ResNet-18', patch: { arch: 'resnet18' } };
  const half = Math.max(LEAST_SIZE, Math.round(trainSize / 64) * 32);
  if (half >= trainSize) return null;
  return {
    label: `Train at ${half} px`,
    patch: { trainSize: half, evalCrop: half, evalResize: Math.round(1.25 * half) },
  };
}
