/** Class maps against PyTorch, by its own gradients, at the end of every stage; and what they say of the logits. */
import { tensor4d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { nodeBackend } from '../hosts/node/gpu';
import type { Architecture } from '../engine/models/meta';
import { relativeError } from '../testing/closeness';
import { exportedModel } from '../testing/exported';
import { goldenState } from '../testing/golden/network';
import { CLASSES } from '../testing/golden/step';
import golden from '../testing/golden/stageMaps.json' with { type: 'json' };
import { images } from '../testing/golden/values';
import { withoutLeaks } from '../testing/gpuTensors';

const backend = await nodeBackend();
const { classMapsOf } = await import('./classMaps');
const { LookWeights } = await import('./lookWeights');
const { argmax } = await import('../engine/analysis/score');
const { readFloats } = await import('../engine/gpu/readback');
const { predict } = await import('../engine/models/passes');
const { stateSpecs } = await import('../engine/models/registry');
const { releaseState, uploadState } = await import('../engine/nn/state');

test.each(golden.networks)('$arch sees a class at the end of each stage where PyTorch does', async (g) => {
  const { size, label } = golden;
  const arch = g.arch as Architecture;
  const network = { arch, classes: CLASSES, state: goldenState(stateSpecs(arch, CLASSES.length)) };
  const x = tensor4d(images(g.input, 1, size), [1, size, size, 3]);
  await withoutLeaks(backend, async () => {
    const weights = new LookWeights();
    for (const { stage, width, height, map, noise } of g.stages) {
      const [found] = await weights.during(backend, network, (own) => classMapsOf(backend, own, x, { label, stage }));
      expect([found!.label, found!.map.width, found!.map.height]).toEqual([label, width, height]);
      expect(relativeError(found!.map.values, map), `layer${stage}`).toBeLessThan(Math.max(10 * noise, 1e-5));
    }
    weights.release();
  });
  x.dispose();
});

test.each(['tiny18', 'tiny18-fastai'] as const)(
  'of several photos %s maps the class that it takes each for, as it does one by one',
  async (arch) => {
    const { state, classes } = exportedModel(arch);
    const [count, size] = [3, 64];
    const pixels = images('maps/several', count, size);
    const photo = (i: number) => pixels.subarray(i * size * size * 3, (i + 1) * size * size * 3);
    const x = tensor4d(pixels, [count, size, size, 3]);
    const network = { arch, classes, state: uploadState(backend, stateSpecs(arch, classes.length), state) };
    const { logits, pooled } = predict(backend, network, x);
    const rows = await readFloats(backend, logits);
    for (const tensor of [logits, pooled]) backend.release(tensor);
    await withoutLeaks(backend, async () => {
      const all = await classMapsOf(backend, network, x, { label: null });
      for (const [i, { label, map }] of all.entries()) {
        const row = rows.subarray(i * classes.length, (i + 1) * classes.length);
        expect(label).toBe(argmax(row));
        const alone = tensor4d(photo(i), [1, size, size, 3]);
        const [same] = await classMapsOf(backend, network, alone, { label });
        expect(map).toEqual(same!.map);
        alone.dispose();
        if (arch !== 'tiny18') continue;
        // Under one linear layer behind the mean, the map is the logit's parts.
        const mean = map.values.reduce((sum, value) => sum + value, 0) / map.values.length;
        expect(mean + state.tensors.get('fc.bias')!.values[label]!).toBeCloseTo(row[label]!, 4);
      }
    });
    releaseState(backend, network.state);
    x.dispose();
  },
);
