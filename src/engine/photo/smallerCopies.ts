/**
 * How small photos may be kept so that no view of them loses detail: for those who would rather resize a large photo once
 * than decode it in every epoch. Numbers only.
 */
import { MIN_SCALE, RATIO } from './boxes';
import type { ViewSpec } from './view';

/**
 * The shorter side, px, of a photo from which each view of the kind still takes at least as many pixels as it shows. A crop
 * of share s of the photo's area is at least sqrt(s · 3/4) of its shorter side long. Infinity for views that crop without
 * resizing: from a smaller photo they would show something else.
 */
export function sideNeeded(spec: ViewSpec): number {
  if (spec.kind === 'eval') return spec.resize === 0 ? Infinity : spec.resize;
  const { size, augmentation = { kind: 'randomCrop' } } = spec;
  switch (augmentation.kind) {
    case 'randomCrop':
      return sideForCrops(size, augmentation.minScale ?? MIN_SCALE);
    case 'fastai':
      return sideForCrops(size, augmentation.minScale);
    case 'shiftedCrop':
      return augmentation.resize;
    default:
      return augmentation satisfies never;
  }
}

const sideForCrops = (size: number, minScale: number) => Math.ceil(size / Math.sqrt(minScale * RATIO.min));
