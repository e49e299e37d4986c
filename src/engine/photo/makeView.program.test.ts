/** Views beside torchvision's. Skipped by name without Debian's python3-torchvision. */
import { expect, test } from 'vitest';
import { picture } from '../../testing/golden/values';
import { cut } from '../../testing/patterns';
import { python, pythonHas } from '../../testing/python';
import { resampleReference } from '../../testing/resampleReference';
import { makeView } from './makeView';
import { CORNERS } from './view';

test.skipIf(!pythonHas('torchvision', 'PIL'))(
  'corners and mirror images are those of torchvision’s FiveCrop and hflip',
  { timeout: 60_000 },
  () => {
    const [width, height] = [41, 29];
    const photo = picture('noise', width, height);
    const theirs = python(`
import json, numpy as np
from PIL import Image
from torchvision.transforms import functional as F
photo = Image.fromarray(np.array(${JSON.stringify([...photo])}, dtype=np.uint8).reshape(${height}, ${width}, -1)[:, :, :3])
crops = F.five_crop(F.resize(photo, 20), 16)
print(json.dumps([np.asarray(one).reshape(-1).tolist() for one in [*crops, F.hflip(crops[4]), F.hflip(crops[1])]]))`);
    const views = [
      ...CORNERS.map((corner) => ({ corner })),
      {},
      { flip: true },
      { corner: 'topRight', flip: true },
    ] as const;
    const ours = views.map((how) => {
      const view = makeView({ kind: 'eval', resize: 20, crop: 16, ...how }, width, height, null);
      return [...resampleReference(view, cut(photo, width, view.region))];
    });
    expect(ours).toEqual(theirs);
  },
);
