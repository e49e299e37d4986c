/** What a run makes of photos otherwise than the training that made its weights. */
import { COMMON_FIELDS } from '../engine/experiments/common/meta';
import type { StudioConfig } from '../engine/experiments/meta';

const OF_PHOTOS = ['filter', 'normalize', 'squish', 'respectExif'] as const;

/** Null where nothing. */
export function otherPhotosNote(config: StudioConfig, made: StudioConfig): string | null {
  const changed = OF_PHOTOS.filter((key) => config[key] !== made[key]).map((key) => COMMON_FIELDS[key].label);
  if (changed.length === 0) return null;
  return `Photos are made ready otherwise than when the weights were trained (${changed.join(', ')}): that, too, changes what is measured.`;
}
