/** Works a view out for one photo: step 4 of the data's path. Numbers only; see `view.ts` for what they mean. */
import { StudioError } from '../base/errors';
import { fork, type Rng } from '../base/rng';
import { centerCropOffset, type CropRule, evalCrop, randomCropBox, resizedSize, shiftedCropOffset } from './boxes';
import { drawOperations } from './colors';
import { type AxisRead, resizeTaps } from './resample';
import type { Augmentation, Region, View, ViewSeed, ViewSpec } from './view';
import { drawWarp } from './warp';

type TrainSpec = Extract<ViewSpec, { kind: 'train' }>;
type Extras = Pick<View, 'flip' | 'colors' | 'warp'>;

/** torchvision's defaults: the blog's training. */
const RANDOM_CROP: Augmentation = { kind: 'randomCrop' };

/**
 * `width` and `height` are the whole photo's, px. Training views depend on `seed` alone, whoever makes them and when.
 *
 * A random crop is cut out and then resized, so that no pixel outside it counts. Other views resize the whole photo
 * and crop the result, so that their border pixels do read a little beyond the crop.
 * @throws StudioError `internal` for a training view without a seed.
 */
export function makeView(spec: ViewSpec, width: number, height: number, seed: ViewSeed | null): View {
  if (spec.kind === 'eval') {
    const { flip = false } = spec;
    const { resized, left, top, ...size } = evalCrop(spec, width, height);
    const whole = { left: 0, top: 0, width, height };
    const x = resizeTaps(width, resized.width, { ...spec, offset: left, count: size.width });
    const y = resizeTaps(height, resized.height, { ...spec, offset: top, count: size.height });
    return assemble(spec, whole, x, y, { flip });
  }
  const rng = trainRng(seed);
  const { augmentation = RANDOM_CROP } = spec;
  switch (augmentation.kind) {
    case 'randomCrop': {
      const { jitter = 0 } = augmentation;
      const box = randomCropBox(rng, width, height, augmentation);
      const flip = rng.uniform() < 0.5;
      const colors = jitter > 0 && { left: 0, top: 0, operations: drawOperations(rng, jitter) };
      return cropped(spec, box, { flip, ...(colors && { colors }) });
    }
    case 'shiftedCrop': {
      const { size } = spec;
      const flip = rng.uniform() < 0.5;
      const operations = drawOperations(rng, augmentation.jitter);
      const resized = resizedSize(augmentation.resize, width, height);
      const left = shiftedCropOffset(rng, resized.width, size);
      const top = centerCropOffset(resized.height, size);
      const whole = { left: 0, top: 0, width, height };
      const x = resizeTaps(width, resized.width, spec);
      const y = resizeTaps(height, resized.height, spec);
      return assemble(spec, whole, x, y, { flip, colors: { left, top, operations } });
    }
    case 'fastai': {
      const box = randomCropBox(rng, width, height, fastaiRule(augmentation.minScale));
      return cropped(spec, box, { flip: false, warp: drawWarp(rng) });
    }
    default:
      return augmentation satisfies never;
  }
}

/** fastai's RandomResizedCrop differs from torchvision's in its fallback alone. */
const fastaiRule = (minScale: number): CropRule => ({ minScale, whole: Math.trunc });

function trainRng(seed: ViewSeed | null): Rng {
  if (!seed) throw new StudioError('internal', 'a training view needs a seed');
  return fork(seed.seed, seed.epoch, seed.index);
}

function cropped(spec: TrainSpec, box: Region, extras: Extras): View {
  return assemble(spec, box, resizeTaps(box.width, spec.size, spec), resizeTaps(box.height, spec.size, spec), extras);
}

function assemble(spec: ViewSpec, box: Region, x: AxisRead, y: AxisRead, extras: Extras): View {
  const region = { left: box.left + x.from, top: box.top + y.from, width: x.length, height: y.length };
  const size = spec.kind === 'train' ? spec.size : spec.crop;
  const normalize = spec.normalize ? { normalize: true } : {};
  return { size, region, horizontal: x.taps, vertical: y.taps, ...extras, ...normalize };
}
