/** The studio's draws, number for number, in the programs that train elsewhere. Skipped by name without Debian's Python. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fork, permutation } from '../../engine/base/rng';
import { balancedOrder } from '../../engine/dataset/balance';
import { centerCropOffset, randomCropBox, resizedSize, shiftedCropOffset } from '../../engine/photo/boxes';
import { drawOperations } from '../../engine/photo/colors';
import { scheduleOf, type ScheduleSpec } from '../../engine/optim/schedule';
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

test.runIf(hasTorch)('learning rates are the same (needs python3-torch and python3-torchvision)', () => {
  const specs: ScheduleSpec[] = [
    { kind: 'constant' },
    { kind: 'step', epochs: 20, parts: 4 },
    { kind: 'step', epochs: 5, parts: 2 },
    { kind: 'cosine', warmUp: 0.1 },
    { kind: 'cosine', warmUp: 0 },
  ];
  const places = Array.from({ length: 200 }, (_, i) => i / 200);
  const theirs = run(
    `import training
specs, places = map(json.loads, sys.argv[1:])
print(json.dumps([training.rate_at(spec, place) for spec in specs for place in places]))`,
    specs,
    places,
  ) as number[];
  const ours = specs.flatMap((spec) => places.map((place) => scheduleOf(spec)(place).lr));
  theirs.forEach((rate, i) => expect(rate).toBeCloseTo(ours[i]!, 12));
});
