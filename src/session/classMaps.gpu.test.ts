/** Class maps against PyTorch: at the end of every stage, by its own gradients; and the last one both ways. */
import { tensor4d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { nodeBackend } from '../hosts/node/gpu';
import type { Architecture } from '../engine/models/meta';
import { relativeError } from '../testing/closeness';
import { goldenState } from '../testing/golden/network';
import { CLASSES } from '../testing/golden/step';
import golden from '../testing/golden/stageMaps.json' with { type: 'json' };
import { images } from '../testing/golden/values';
import { withoutLeaks } from '../testing/gpuTensors';

const backend = await nodeBackend();
const { classMapOf } = await import('./classMaps');
const { stateSpecs } = await import('../engine/models/registry');

test.each(golden.networks)('$arch sees a class at the end of each stage where PyTorch does', async (g) => {
  const { size, label } = golden;
  const arch = g.arch as Architecture;
  const network = { arch, classes: CLASSES, state: goldenState(stateSpecs(arch, CLASSES.length)) };
  const x = tensor4d(images(g.input, 1, size), [1, size, size, 3]);
  await withoutLeaks(backend, async () => {
    for (const { stage, width, height, map, noise } of g.stages) {
      const found = await classMapOf(backend, network, x, { label, stage });
      expect([found.width, found.height]).toEqual([width, height]);
      expect(relativeError(found.values, map), `layer${stage}`).toBeLessThan(Math.max(10 * noise, 1e-5));
    }
  });
  x.dispose();
});
