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
/** Where learning rates are not what is wrong. */
const LEAST_RATE = 1e-6;

/** What keeps numbers from going wrong again. */
function calmer({ gradientClip, recipe, lr, tuneLr }: StudioConfig): Remedy | null {
  if (gradientClip === 0 && recipe !== 'fastai') return { label: 'Clip gradients at 1', patch: { gradientClip: 1 } };
  if (Math.min(lr, tuneLr) < LEAST_RATE) return null;
  return { label: 'Use a tenth of the learning rates', patch: { lr: lr / 10, tuneLr: tuneLr / 10 } };
}

/**
 * What lets a run fit that does not, the mildest first: more of the GPU's memory where less than usual was allowed, a
 * smaller network, smaller crops. A smaller batch only where the GPU itself ran out: what does not fit goes in parts anyway.
 * Null where no setting would help.
 */
export function remedyOf({ code, message }: ErrorData, config: StudioConfig): Remedy | null {
  const { batchSize, arch, trainSize, gpuMemory } = config;
  if (code === 'not-finite') return calmer(config);
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
