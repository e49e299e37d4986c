import { expect, test } from 'vitest';
import golden from '../../testing/golden/classMap.json' with { type: 'json' };
import { expectClose } from '../../testing/closeness';
import { classMap } from './classMap';

test('a class’ map is HiResCAM’s, by torch’s gradients, and its mean with the bias is the logit', () => {
  const { width, height, activations, weights, biases, classes } = golden;
  const channels = weights.length / classes.length;
  classes.forEach(({ map, logit }, k) => {
    const row = Float32Array.from(weights.slice(k * channels, (k + 1) * channels));
    const { values, ...size } = classMap({ width, height, values: Float32Array.from(activations) }, row);
    expect(size).toEqual({ width, height });
    expectClose(values, map, 1e-6);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean + biases[k]!).toBeCloseTo(logit, 5);
  });
});
