/** A photo as the network was tested on: the studio's own decoding and resizing. */
import { headerOf, viewOfPhoto } from '../../engine/photo/storedPhoto';
import type { EvalView } from '../../engine/photo/view';
import { openPhoto } from '../browser/photos/openPhoto';

/** RGB in [0, 1], [view.crop, view.crop, 3]. @throws Error that says what is wrong with the file. */
export async function readPhoto(file: Blob, view: EvalView, respectExif: boolean): Promise<Float32Array> {
  if (file.size === 0) throw new Error('the file is empty');
  const bytes = await file.arrayBuffer();
  const header = headerOf(bytes);
  const photo = await openPhoto(bytes, header);
  try {
    const orientation = respectExif ? header.orientation : 1;
    const { pixels } = await viewOfPhoto(photo, { spec: view, seed: null, orientation, finish: 'view' });
    const rgb = new Float32Array((pixels.length / 4) * 3);
    for (let i = 0; i < rgb.length; i++) rgb[i] = pixels[Math.floor(i / 3) * 4 + (i % 3)]! / 255;
    return rgb;
  } finally {
    photo.close();
  }
}
