/** A training that goes on in PyTorch: one step there beside ours in float64, for both scripts' groups. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exportedModel } from '../../testing/exported';
import { values } from '../../testing/golden/values';
import { python, pythonHas } from '../../testing/python';
import { stateSpecs } from '../models/registry';
import type { OptimiserState } from '../optim/optimiser';
import { type StoppedTraining, trainingCheckpoint } from './trainingCheckpoint';

const { arch, classes, state } = exportedModel('tiny26');
const specs = stateSpecs(arch, classes.length).filter(({ role }) => !/running|batches/.test(role));
/** What was not trained has no moments. */
const FROZEN = 'conv1.weight';
const momentOf = (name: string, scale: number) =>
  new Map(
    specs.flatMap(({ key, shape }) => {
      const count = shape.reduce((a, b) => a * b, 1);
      return key === FROZEN ? [] : [[key, values(`${name}/${key}`, count).map((value) => scale * value)] as const];
    }),
  );

function newTraining(kind: OptimiserState['kind']): StoppedTraining {
  const second = new Map([...momentOf('v', 0.1)].map(([key, v]) => [key, v.map((value) => value * value)]));
  const moments = kind === 'sgd' ? [momentOf('m', 0.1)] : [momentOf('m', 0.1), second];
  const optimiser = { kind, steps: 7, moments, lossScale: null };
  const rates = { lr: 0.01, weightDecay: 0.1, momentum: 0.9 };
  return { arch, classes, network: state, optimiser, epochs: 3, ...rates, metadata: { license: 'mit' } };
}

const trainings = { adamw: newTraining('adamw'), sgd: newTraining('sgd') };

/** Takes a step with gradients of 0.5 and says what became of every parameter's first and last element, by key. */
const STEP = `
import json, sys, torch
out = []
for i, at in enumerate(sys.argv[1:]):
    kind = ("torchvision", "timm")[i % 2]
    file = torch.load(at, map_location="cpu")
    state = file["model" if kind == "torchvision" else "state_dict"]
    names = [k for k in state if not k.endswith(("running_mean", "running_var", "num_batches_tracked"))]
    params = {k: torch.nn.Parameter(state[k].clone()) for k in names}
    if kind == "timm":
        few = [k for k in names if params[k].ndim <= 1]
        groups = [few, [k for k in names if k not in few]]
        assert (file["version"], file["arch"]) == (2, "tiny26")
    else:
        groups = [names]
        assert file["lr_scheduler"] == {"last_epoch": 3, "_step_count": 4}
    make = torch.optim.SGD if i >= 2 else torch.optim.AdamW
    optimizer = make([{"params": [params[k] for k in group]} for group in groups], lr=1.0)
    optimizer.load_state_dict(file["optimizer"])
    for p in params.values(): p.grad = torch.full_like(p, 0.5)
    optimizer.step()
    out.append([file["epoch"], {k: [v.flatten()[0].item(), v.flatten()[-1].item()] for k, v in params.items()}])
print(json.dumps(out))`;

/** torch.optim's step in float64. */
function stepped(kind: 'adamw' | 'sgd', key: string, i: number): number {
  const { optimiser, lr, weightDecay, momentum } = trainings[kind];
  const [first, second] = optimiser.moments.map((moment) => moment.get(key)?.[i] ?? 0);
  const value = state.tensors.get(key)!.values[i]!;
  if (kind === 'sgd') return value - lr * (momentum * first! + 0.5 + weightDecay * value);
  const t = key === FROZEN ? 1 : optimiser.steps + 1;
  const m = 0.9 * first! + 0.1 * 0.5;
  const v = 0.999 * second! + 0.001 * 0.25;
  return value * (1 - lr * weightDecay) - (lr * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
}

test.skipIf(!pythonHas('torch'))(
  'PyTorch goes on with AdamW and SGD where the studio stopped, in torchvision’s groups and in timm’s',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'));
    try {
      const kinds = ['adamw', 'adamw', 'sgd', 'sgd'] as const;
      const files = [...trainingCheckpoint(trainings.adamw), ...trainingCheckpoint(trainings.sgd)];
      expect(files.slice(2).map((file) => file.path)).toEqual([
        'torchvision/checkpoint.pth',
        'timm/checkpoint.pth.tar',
      ]);
      const paths = files.map((_, i) => path.join(folder, `${i}`));
      for (const [i, { blob }] of files.entries()) writeFileSync(paths[i]!, Buffer.from(await blob.arrayBuffer()));
      const said = python(STEP, ...paths) as [number, Record<string, [number, number]>][];
      expect(said).toHaveLength(4);
      for (const [i, [epoch, parameters]] of said.entries()) {
        const kind = kinds[i]!;
        expect(epoch).toBe(2);
        expect(Object.keys(parameters).sort()).toEqual(specs.map(({ key }) => key).sort());
        // The first and last elements of a filter are those of either layout.
        for (const [key, [first, last]] of Object.entries(parameters)) {
          expect(first, key).toBeCloseTo(stepped(kind, key, 0), 5);
          expect(last, key).toBeCloseTo(stepped(kind, key, state.tensors.get(key)!.values.length - 1), 5);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('what PyTorch’s scripts have none of is refused by name', () => {
  expect(() => trainingCheckpoint(newTraining('lion'))).toThrow('like the one that trained these weights (lion)');
  expect(() => trainingCheckpoint({ ...trainings.adamw, arch: 'resnet18-fastai' })).toThrow('fastai');
});
