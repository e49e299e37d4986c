import { expect, test } from 'vitest';
import golden from '../../testing/golden/classMap.json' with { type: 'json' };
import { expectClose } from '../../testing/closeness';
import { classMap, gradientMap } from './classMap';

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

test('a gradient’s map is HiResCAM’s, too, and that of the last map by its gradient is the class’ map', () => {
  const { width, height, activations, weights, classes } = golden;
  const channels = weights.length / classes.length;
  const map = { width, height, values: Float32Array.from(activations) };
  classes.forEach(({ map: expected }, k) => {
    // Of the mean over the places: the row, shared out among them.
    const gradient = map.values.map((_, i) => weights[k * channels + (i % channels)]! / (width * height));
    expectClose(gradientMap(map, gradient).values, expected, 1e-6);
  });
});
