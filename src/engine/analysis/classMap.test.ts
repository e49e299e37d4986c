import { expect, test } from 'vitest';
import golden from '../../testing/golden/classMap.json' with { type: 'json' };
import { expectClose } from '../../testing/closeness';
import { gradientMap } from './classMap';

test('a map by torch’s gradient is HiResCAM’s; of the last map under one linear layer its mean with the bias is the logit', () => {
  const { width, height, activations, weights, biases, classes } = golden;
  const channels = weights.length / classes.length;
  const map = { width, height, values: Float32Array.from(activations) };
  classes.forEach(({ map: expected, logit }, k) => {
    // Of the mean over the places: the row, shared out among them.
    const gradient = map.values.map((_, i) => weights[k * channels + (i % channels)]! / (width * height));
    const { values, ...size } = gradientMap(map, gradient);
    expect(size).toEqual({ width, height });
    expectClose(values, expected, 1e-6);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean + biases[k]!).toBeCloseTo(logit, 5);
  });
});
