import { expect, test } from 'vitest';
import { cut } from '../../testing/patterns';
import { picture } from '../../testing/golden/values';
import { resampleReference } from '../../testing/resampleReference';
import { makeView } from '../augment/makeView';
import { resizeView } from './cpuResize';

test('a view resized before it is sent shows the pixels of the view', () => {
  for (let index = 0; index < 20; index++) {
    const [photoWidth, photoHeight] = [20 + 9 * index, 150 - 5 * index];
    const spec =
      index % 2 === 0
        ? ({ kind: 'train', size: 24 } as const)
        : ({ kind: 'eval', resize: index % 4 === 1 ? 40 : 0, crop: 32 } as const);
    const view = makeView(spec, photoWidth, photoHeight, { seed: 3, epoch: 1, index });
    const pixels = cut(picture(`photo ${index}`, photoWidth, photoHeight), photoWidth, view.region);
    const resized = resizeView({ view, photoWidth, photoHeight, pixels });
    expect(resized.view.region).toEqual({ left: 0, top: 0, width: view.size, height: view.size });
    expect(resampleReference(resized.view, resized.pixels)).toEqual(resampleReference(view, pixels));
  }
});
