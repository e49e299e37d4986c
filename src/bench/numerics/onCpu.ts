/** What the studio computes without a GPU, with what it was given, as JSON. */
import { frechetCdf, fitFrechet } from '../../engine/analysis/frechet';
import { ActivationHistogram } from '../../engine/analysis/activations';
import { confusionMatrix, mcnemar } from '../../engine/analysis/confusion';
import { argmax, scoreLogits } from '../../engine/analysis/score';
import { wilsonInterval } from '../../engine/analysis/wilson';
import { fork } from '../../engine/base/rng';
import { testView } from '../../engine/experiments/views';
import { stateSpecs } from '../../engine/models/registry';
import { initialHostState } from '../../engine/nn/state';
import { cosineDecay, exponential, oneCycle, type Schedule, stepDecay } from '../../engine/optim/schedule';
import { centerCropOffset, randomCropBox, resizedSize } from '../../engine/photo/boxes';
import { resizeRgba } from '../../engine/photo/cpuResize';
import { resizeTaps } from '../../engine/photo/resample';
import { torchShape } from '../../engine/io/torchLayout';
import { histogramOf } from '../../testing/activationCounts';
import { values } from '../../testing/golden/values';

const DRAWS = 20_000;

/** Boxes of RandomResizedCrop by the very streams that a run takes. */
function boxes() {
  const photos = [
    { width: 800, height: 600, minScale: 0.08 },
    { width: 512, height: 512, minScale: 0.08 },
    { width: 1000, height: 300, minScale: 0.08 },
    { width: 800, height: 600, minScale: 0.7 },
  ];
  return photos.map(({ width, height, minScale }) => ({
    width,
    height,
    minScale,
    drawn: Array.from({ length: DRAWS }, (_, index) => {
      const box = randomCropBox(fork(42, 1, index), width, height, { minScale });
      return [box.left, box.top, box.width, box.height];
    }),
  }));
}

/** Every test size of 800 x 600 px photos: the resize, and where the crop lies. */
function geometry() {
  const sizes = Array.from({ length: 993 }, (_, i) => 32 + i);
  return [1.25, 256 / 224].map((ratio) => ({
    ratio,
    rows: sizes.map((size) => {
      const { resize } = testView(size, ratio);
      const { width, height } = resizedSize(resize, 800, 600);
      return [size, resize, width, height, centerCropOffset(width, size), centerCropOffset(height, size)];
    }),
  }));
}

/** Noise of all levels and of the extremes, resized to any size. */
function taps() {
  const rng = fork(8);
  return Array.from({ length: 80 }, (_, i) => {
    const filter = (['bilinear', 'bicubic'] as const)[i % 2]!;
    const [width, height] = [rng.integer(1, 120), rng.integer(1, 120)];
    const [outWidth, outHeight] = [rng.integer(1, 90), rng.integer(1, 90)];
    const extreme = i % 4 < 2;
    const pixels = Uint8ClampedArray.from({ length: width * height * 4 }, (_, k) =>
      k % 4 === 3 ? 255 : extreme ? 255 * rng.integer(0, 1) : rng.integer(0, 255),
    );
    const axis = (from: number, to: number) => resizeTaps(from, to, { filter }).taps;
    const resized = resizeRgba(pixels, { width, height }, axis(width, outWidth), axis(height, outHeight));
    const base64 = (bytes: Uint8ClampedArray) => Buffer.from(bytes).toString('base64');
    return { filter, width, height, outWidth, outHeight, pixels: base64(pixels), resized: base64(resized) };
  });
}

/** Moments of every tensor of a network's random weights, in PyTorch's order and shapes. */
function initialisation() {
  return (['resnet18', 'resnet50'] as const).map((arch) => {
    const specs = stateSpecs(arch, 1000);
    const { tensors } = initialHostState(specs, 42);
    return {
      arch,
      tensors: specs.map(({ key }) => {
        const tensor = tensors.get(key);
        if (!tensor) return { key, shape: [] };
        const { values: drawn } = tensor;
        const moment = (power: number) => drawn.reduce((sum, value) => sum + value ** power, 0) / drawn.length;
        const [least, most] = drawn.reduce(
          ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
          [Infinity, -Infinity],
        );
        return { key, shape: torchShape(tensor.shape), moments: [1, 2, 4].map(moment), least, most };
      }),
    };
  });
}

const STEPS = 200;

/** Learning rate and momentum at every step of a run. */
function schedules() {
  const every = (schedule: Schedule, steps = STEPS) =>
    Array.from({ length: steps }, (_, step) => {
      const { lr, momentum = null } = schedule(step / steps);
      return [lr, momentum];
    });
  return {
    stepQuarters: every(stepDecay(20, 4), 20),
    stepHalves: every(stepDecay(8, 2), 8),
    cosine: every(cosineDecay(0)),
    warmCosine: every(cosineDecay(0.1)),
    frozenCycle: every(oneCycle({ rising: 0.99, div: 25 })),
    wholeCycle: every(oneCycle({ rising: 0.3, div: 5 })),
    exponential: every(exponential(1e-7, 10)),
  };
}

function statistics() {
  const splits = [
    [1, 0],
    [5, 0],
    [6, 0],
    [8, 12],
    [30, 12],
    [100, 140],
    [700, 520],
    [3000, 3000],
  ] as const;
  const shares = [
    [0, 5],
    [3, 3],
    [28, 82],
    [3042, 4279],
    [3409, 4279],
    [4278, 4279],
  ] as const;
  const rng = fork(5);
  const sample = (scale: number) =>
    Float32Array.from({ length: 3000 }, () => Math.max(0, scale * (rng.normal() + 0.4)));
  const [first, second] = [sample(1), sample(1.4)];
  const law = { mu: 0.1934, sigma: 0.214 };
  const points = Array.from({ length: 60 }, (_, i) => 0.05 * (i + 1));
  const cdf = points.map((x) => ({ x, p: frechetCdf(x, law) }));
  const classes = 5;
  const labels = Array.from({ length: 400 }, (_, i) => (i * 7) % classes);
  const logits = values('logits', labels.length * classes).map((value) => value * 8);
  const predictions = labels.map((_, i) => argmax(logits.subarray(i * classes, (i + 1) * classes)));
  return {
    mcnemar: splits.map(([won, lost]) => ({ won, lost, p: mcnemar(won, lost) })),
    wilson: shares.map(([correct, count]) => ({ correct, count, ...wilsonInterval(correct, count) })),
    distances: {
      first: [...first],
      second: [...second],
      ...ActivationHistogram.distances(histogramOf(first), histogramOf(second)),
    },
    frechet: { law, cdf, fitted: fitFrechet(cdf) },
    scores: {
      labels,
      logits: [...logits],
      score: scoreLogits(logits, labels, classes),
      confusion: confusionMatrix(labels, predictions, classes),
    },
  };
}

export const ON_CPU = { boxes, geometry, taps, initialisation, schedules, statistics };
