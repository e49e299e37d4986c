/** Works a view out for one photo: step 4 of the data's path. Numbers only; see `view.ts` for what they mean. */
import { StudioError } from '../base/errors';
import { fork } from '../base/rng';
import { centerCropOffset, randomCropBox, resizedSize } from './boxes';
import { type AxisRead, resizeTaps } from './resample';
import type { Region, View, ViewSeed, ViewSpec } from './view';

/**
 * `width` and `height` are the whole photo's, px. Training views depend on `seed` alone, whoever makes them and when.
 *
 * A training view resizes its crop, so that no pixel outside it counts. An evaluation view resizes the whole photo
 * and crops the result, so that its border pixels do read a little beyond the crop.
 * @throws StudioError `internal` for a training view without a seed.
 */
export function makeView(spec: ViewSpec, width: number, height: number, seed: ViewSeed | null): View {
  if (spec.kind === 'eval') {
    const resized = resizedSize(spec.resize, width, height);
    const axis = (inSize: number, outSize: number) =>
      resizeTaps(inSize, outSize, centerCropOffset(outSize, spec.crop), spec.crop);
    const whole = { left: 0, top: 0, width, height };
    return assemble(spec.crop, whole, axis(width, resized.width), axis(height, resized.height), false);
  }
  if (!seed) throw new StudioError('internal', 'a training view needs a seed');
  const rng = fork(seed.seed, seed.epoch, seed.index);
  const box = randomCropBox(rng, width, height);
  const flip = rng.uniform() < 0.5;
  return assemble(spec.size, box, resizeTaps(box.width, spec.size), resizeTaps(box.height, spec.size), flip);
}

function assemble(size: number, box: Region, x: AxisRead, y: AxisRead, flip: boolean): View {
  const region = { left: box.left + x.from, top: box.top + y.from, width: x.length, height: y.length };
  return { size, region, horizontal: x.taps, vertical: y.taps, flip };
}
