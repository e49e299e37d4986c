/** The studio's draws, number for number, in the programs that train elsewhere. Skipped by name without Debian's Python. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fork, permutation } from '../../engine/base/rng';
import { balancedOrder } from '../../engine/dataset/balance';
import { centerCropOffset, randomCropBox, resizedSize, shiftedCropOffset } from '../../engine/photo/boxes';
import { drawOperations } from '../../engine/photo/colors';
import { warpReference } from '../../engine/kernels/affineWarp/affineWarp.reference';
import { dropoutReference } from '../../engine/kernels/dropout/dropout.reference';
import { scheduleOf, type ScheduleSpec } from '../../engine/optim/schedule';
import { drawWarp } from '../../engine/photo/warp';
import { drawMixing } from '../../engine/train/mixing';
import { python, pythonHas } from '../../testing/python';

const PROGRAMS = fileURLToPath(new URL('python', import.meta.url));
const hasPillow = pythonHas('PIL', 'numpy');
const hasTorch = pythonHas('torch', 'torchvision');
const run = (script: string, ...args: unknown[]) =>
  python(
    `import json, sys\nsys.path.insert(0, ${JSON.stringify(PROGRAMS)})\nsys.dont_write_bytecode = True\n${script}`,
    ...args.map((one) => JSON.stringify(one)),
  );

const SIZES = [
  [800, 600],
  [601, 799],
  [33, 500],
  [1000, 31],
  [7, 7],
] as const;

test.runIf(hasPillow)('crops, flips, colours and shifts of 5000 views are the same (needs python3-pil)', () => {
  const seeds = Array.from({ length: 1000 }, (_, i) => [42 + (i % 3), 1 + (i % 7), i * 37] as const);
  const ours = SIZES.flatMap(([width, height]) =>
    seeds.map(([seed, epoch, index]) => {
      const rng = fork(seed, epoch, index);
      const { left, top, width: w, height: h } = randomCropBox(rng, width, height);
      const flip = rng.uniform() < 0.5;
      const factors = drawOperations(rng, 0.3).map(({ factor }) => factor);
      return [left, top, w, h, flip, ...factors, shiftedCropOffset(rng, width, 60)];
    }),
  );
  const theirs = run(
    `import views
sizes, seeds = map(json.loads, sys.argv[1:])
found = []
for width, height in sizes:
    for seed in seeds:
        rng = views.Rng(*seed)
        box = views.random_crop_box(rng, width, height, 0.08)
        flip, factors = rng.uniform() < 0.5, [factor for _, factor in views.jitter_of(rng, 0.3)]
        found.append([*box, flip, *factors, views.shifted(rng, width, 60)])
print(json.dumps(found))`,
    SIZES,
    seeds,
  );
  expect(theirs).toEqual(ours);
});

test.runIf(hasPillow)('resizes and centre crops are the same (needs python3-pil)', () => {
  const resizes = [0, 32, 80, 256, 601];
  const ours = SIZES.flatMap(([width, height]) =>
    resizes.map((resize) => {
      const size = resizedSize(resize, width, height);
      return [size.width, size.height, centerCropOffset(size.width, 64), centerCropOffset(size.height, 65)];
    }),
  );
  const theirs = run(
    `import views
sizes, resizes = map(json.loads, sys.argv[1:])
found = [views.resized_size(resize, *size) for size in sizes for resize in resizes]
print(json.dumps([[w, h, views.center(w, 64), views.center(h, 65)] for w, h in found]))`,
    SIZES,
    resizes,
  );
  expect(theirs).toEqual(ours);
});

test.runIf(hasPillow)('orders are the same, drawn one by one or in lanes (needs python3-pil)', () => {
  const labels = Array.from({ length: 3001 }, (_, i) => (i % 11 === 0 ? 2 : i % 2));
  const samples = labels.map((label) => ({ path: '', imageId: '', label }));
  const orders = [
    ...[1, 2, 999, 1001, 3001].map((count) => [...permutation(fork(42, 0x5f, 1), count)]),
    [...balancedOrder(samples, fork(7, 0x5f, 3))],
  ];
  const theirs = run(
    `import views
labels, = map(json.loads, sys.argv[1:])
orders = [views.epoch_order([0] * count, 42, 1, "none") for count in (1, 2, 999, 1001, 3001)]
print(json.dumps(orders + [views.epoch_order(labels, 7, 3, "sampling")]))`,
    labels,
  );
  expect(theirs).toEqual(orders);
});

test.runIf(hasPillow)('mixing is drawn alike (needs python3-pil)', () => {
  const objectives = [
    { mixup: 0.2, cutmix: 0 },
    { mixup: 0, cutmix: 1 },
    { mixup: 0.2, cutmix: 1 },
  ];
  const steps = Array.from({ length: 60 }, (_, i) => i + 1);
  const ours = objectives.flatMap((objective) =>
    steps.map((step) => {
      const { share, region } = drawMixing(objective, 64, fork(42, 0x3149, 2, step))!;
      const { left, top, right, bottom } = region;
      return [share, region.share === 0 ? [left, top, right, bottom] : null];
    }),
  );
  const theirs = run(
    `import views
objectives, steps = map(json.loads, sys.argv[1:])
print(json.dumps([views.mixing_of(objective, 64, 42, 2, step) for objective in objectives for step in steps]))`,
    objectives,
    steps,
  ) as [number, number[] | null][];
  expect(theirs.map(([, box]) => box)).toEqual(ours.map(([, box]) => box));
  theirs.forEach(([share], i) => expect(share).toBeCloseTo(ours[i]![0] as number, 12));
});

test.runIf(hasTorch)('learning rates and momentum are the same (needs python3-torch and python3-torchvision)', () => {
  const specs: ScheduleSpec[] = [
    { kind: 'constant' },
    { kind: 'constant', momentum: 0.95 },
    { kind: 'oneCycle', rising: 0.99, div: 25 },
    { kind: 'oneCycle', rising: 0.3, div: 5 },
    { kind: 'step', epochs: 20, parts: 4 },
    { kind: 'step', epochs: 5, parts: 2 },
    { kind: 'cosine', warmUp: 0.1 },
    { kind: 'cosine', warmUp: 0 },
  ];
  const places = Array.from({ length: 200 }, (_, i) => i / 200);
  const theirs = run(
    `import optimisers
specs, places = map(json.loads, sys.argv[1:])
print(json.dumps([optimisers.rates_at(spec, place) for spec in specs for place in places]))`,
    specs,
    places,
  ) as [number, number | null][];
  const ours = specs.flatMap((spec) => places.map((place) => scheduleOf(spec)(place)));
  theirs.forEach(([lr, momentum], i) => {
    expect(lr).toBeCloseTo(ours[i]!.lr, 12);
    expect(momentum ?? -1).toBeCloseTo(ours[i]!.momentum ?? -1, 12);
  });
});

test.runIf(hasTorch)(
  "fastai's crops and warps are drawn alike, and show the same (needs python3-torch and python3-torchvision)",
  () => {
    const size = 24;
    const photo = Array.from({ length: size * size * 3 }, (_, i) => fork(5, i).integer(0, 255));
    const seeds = Array.from({ length: 200 }, (_, i) => [42, 1 + (i % 7), i * 37] as const);
    const theirs = run(
      `import numpy as np, torch
import fastai_recipe, views
size, photo, seeds = map(json.loads, sys.argv[1:])
photo = torch.from_numpy(np.array(photo, np.uint8).reshape(size, size, 3).transpose(2, 0, 1).copy())
found = []
for seed in seeds:
    rng = views.Rng(*seed)
    box, warp = views.random_crop_box(rng, 1000, 31, 0.7, int), views.warp_of(rng)
    shown = fastai_recipe.warped(photo, warp).permute(1, 2, 0).ravel().tolist() if len(found) < 5 else []
    found.append([box, np.ravel(warp[0]).tolist(), warp[1], warp[2], shown])
print(json.dumps(found))`,
      size,
      photo,
      seeds,
    ) as [number[], number[], number, number, number[]][];
    const shares = photo.map((value) => value / 255);
    seeds.forEach((seed, i) => {
      const rng = fork(...seed);
      const { left, top, width, height } = randomCropBox(rng, 1000, 31, { minScale: 0.7, whole: Math.trunc });
      const warp = drawWarp(rng);
      const [box, matrix, brightness, contrast, pixels] = theirs[i]!;
      expect(box).toEqual([left, top, width, height]);
      warp.matrix.forEach((value, at) => expect(matrix[at]).toBeCloseTo(value, 12));
      expect([brightness, contrast]).toEqual([expect.closeTo(warp.brightness, 12), expect.closeTo(warp.contrast, 12)]);
      if (i >= 5) return;
      expect(pixels.map((value) => value / 255)).toEqual(
        warpReference(shares, size, warp).map((value) => expect.closeTo(value, 5) as number),
      );
    });
  },
);

test.runIf(hasTorch)(
  'dropouts fall alike, in parts as in the whole (needs python3-torch and python3-torchvision)',
  () => {
    const [rows, channels, seed, layer] = [5, 12, 0xfffffffe, 3];
    const theirs = run(
      `import torch
import fastai_recipe
rows, channels, seed, layer = map(json.loads, sys.argv[1:])
found = []
for p in (0.25, 0.5):
    dropout = fastai_recipe.Dropout(p, layer).train()
    dropout.seed, dropout.first_row = seed, 2
    found += dropout(torch.ones(rows, channels)).ravel().tolist()
print(json.dumps(found))`,
      rows,
      channels,
      seed,
      layer,
    ) as number[];
    const ones = new Float32Array(rows * channels).fill(1);
    const ours = [0.25, 0.5].flatMap((p) => [
      ...dropoutReference(ones, channels, { p, seed: (seed + layer) % 2 ** 32, firstRow: 2 }),
    ]);
    theirs.forEach((value, i) => expect(value).toBeCloseTo(ours[i]!, 6));
  },
);
