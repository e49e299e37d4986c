/**
 * The round trip: a run in the studio, the same run in PyTorch from the studio's weights and views, and its results back in
 * the studio. Skipped by name where Debian's python3-torch and python3-torchvision are not installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunRecord } from '../../engine/base/records';
import { fork } from '../../engine/base/rng';
import { parseStudioConfig, type RunId } from '../../engine/experiments/meta';
import { readZip } from '../../engine/io/zip';
import { readWeights } from '../../engine/train/checkpoint';
import { NodeDecoder } from '../../hosts/node/decoder';
import { pathSource } from '../../hosts/node/folderSource';
import { nodeWebGpu } from '../../hosts/node/gpu';
import type { StudioEvent } from '../../protocol/messages';
import { testHost } from '../../testing/host';
import { metricsErrors } from '../../testing/metricsSchema';
import { pythonHas } from '../../testing/python';

const webgpu = await nodeWebGpu();
const { Session } = await import('../session');

const hasTorch = pythonHas('torch', 'torchvision', 'PIL');
const needsTorch = 'needs python3-torch and python3-torchvision';

/**
 * Three steps of SGD, since what its weights move by is its gradients; small ones, since float rounding that turns a ReLU
 * grows a hundredfold a step in so narrow a network (PyTorch's own float32 and float64 do the same).
 */
const config = parseStudioConfig(
  {
    arch: 'tiny18',
    epochs: 1,
    batchSize: 8,
    trainSize: 64,
    evalResize: 80,
    optimizer: 'sgd',
    lr: 1e-4,
    weightDecay: 1e-4,
    sweepSizes: '48',
    tuneSize: 48,
    tuneEpochs: 1,
    tuneLr: 1e-3,
    labelSmoothing: 0.1,
  },
  'quick',
);
const EACH = { train: 12, val: 6 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'torchrun-'));
  for (const split of ['train', 'val'] as const) {
    for (const [label, name] of ['blue', 'red'].entries()) {
      await mkdir(path.join(folder, 'photos', split, name), { recursive: true });
      for (let i = 0; i < EACH[split]; i++) {
        const photo = await patches(fork(7, label, i, split.length), label);
        await writeFile(path.join(folder, 'photos', split, name, `${i}.jpg`), photo);
      }
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A photo of coloured patches, of a size of its own. */
function patches(rng: ReturnType<typeof fork>, label: number): Promise<Buffer> {
  const [width, height] = [rng.integer(90, 130), rng.integer(80, 110)];
  const pixels = Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => rng.integer(i % 3 === 2 - 2 * label ? 120 : 0, 255));
  return sharp(pixels, { raw: { width: 8, height: 6, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function opened(emit: (event: StudioEvent) => void = () => undefined) {
  const session = new Session(
    testHost(webgpu, {
      openFolder: (where) => pathSource(where as string),
      openPhotos: (source) => new NodeDecoder(source),
    }),
    emit,
  );
  await session.openDirectory({ handle: path.join(folder, 'photos') });
  return session;
}
type Opened = Awaited<ReturnType<typeof opened>>;

async function handedOver(session: Opened, name: string): Promise<string> {
  const target = path.join(folder, name);
  const { blob } = await session.trainElsewhere({ config });
  for (const [file, { open }] of await readZip(blob)) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true });
    await writeFile(path.join(target, file), new Uint8Array(await (await open()).arrayBuffer()));
  }
  return target;
}

/** The tests' network of eight channels, beside torchvision's. */
const TINY = `import runpy, sys, torch, torchvision
from torchvision.models.resnet import BasicBlock, ResNet

def tiny18(num_classes):
    model = ResNet(BasicBlock, [2, 2, 2, 2], num_classes)
    model.inplanes, model.conv1, model.bn1 = 8, torch.nn.Conv2d(3, 8, 7, 2, 3, bias=False), torch.nn.BatchNorm2d(8)
    for i in range(4):
        setattr(model, f"layer{i + 1}", model._make_layer(BasicBlock, 8 * 2**i, 2, stride=1 if i == 0 else 2))
    model.fc = torch.nn.Linear(64, num_classes)
    return model

torchvision.models.tiny18 = tiny18
sys.path.insert(0, ".")
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
`;

function python(cwd: string, ...args: readonly string[]): string {
  const all = ['-c', TINY, ...args, '--data', path.join(folder, 'photos'), '--workers', '0'];
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', all, { cwd, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}

async function recordsIn(results: string): Promise<RunRecord[]> {
  const text = await readFile(path.join(results, 'records.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunRecord);
}

/** What both have to agree on: losses within float rounding, answers to the photo. */
function told(records: readonly RunRecord[]) {
  return {
    losses: records.flatMap((one) => (one.kind === 'step' ? [one.record.loss] : [])),
    epochs: records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : [])),
    points: records.flatMap((one) => (one.kind === 'sweepPoint' ? [one.point] : [])),
  };
}

const closeTo = (values: readonly number[], by: number) => values.map((value) => expect.closeTo(value, by) as number);

test.runIf(hasTorch)(
  `three steps, a sweep and a fine-tuning are the studio's in PyTorch, and come back (${needsTorch})`,
  async () => {
    const records: RunRecord[] = [];
    const session = await opened((event) => {
      if (event.kind === 'records') records.push(...event.records);
    });
    const fresh = await handedOver(session, 'fresh');
    for (const run of ['baseline', 'sweep', 'finetune'] as RunId[]) await session.start({ run, config });

    python(fresh, 'train.py');
    const results = path.join(fresh, 'results');
    const [here, there] = [told(records), told(await recordsIn(results))];
    expect(there.losses).toEqual(closeTo(here.losses, 4));
    expect(there.epochs.map(({ validation }) => validation.correct)).toEqual(
      here.epochs.map(({ validation }) => validation.correct),
    );
    const figures = (points: typeof here.points) =>
      points.map(({ size, resize, correct, classes }) => [size, resize, correct, classes]);
    const inOrder = (points: typeof here.points) => [...points].sort((a, b) => a.size - b.size || a.resize - b.resize);
    expect(figures(inOrder(there.points))).toEqual(figures(inOrder(here.points)));
    const [mine, theirs] = [inOrder(here.points), inOrder(there.points)];
    expect(theirs.map(({ activations }) => activations.mean)).toEqual(
      closeTo(
        mine.map(({ activations }) => activations.mean),
        4,
      ),
    );

    // What every tensor moved by: all gradients of three steps, and the running statistics.
    const weightsOf = async (file: Blob) => (await readWeights(file)).state;
    const fileOf = async (name: string) => new Blob([new Uint8Array(await readFile(path.join(fresh, name)))]);
    const start = await weightsOf(await fileOf('start.safetensors'));
    const trained = await weightsOf(await fileOf('results/baseline.safetensors'));
    const own = await weightsOf((await session.exportFile({ what: 'weights', weights: 'baseline' })).blob);
    const worst = [...start.tensors].map(([key, { values }]) => {
      const [a, b] = [trained.tensors.get(key)!.values, own.tensors.get(key)!.values];
      const [off, moved] = values.reduce(
        ([o, m], value, i) => [Math.max(o, Math.abs(a[i]! - b[i]!)), Math.max(m, Math.abs(b[i]! - value))] as const,
        [0, 0] as readonly [number, number],
      );
      return { key, off: off / moved };
    });
    expect(worst.filter(({ off }) => !(off < 1e-2))).toEqual([]);
    expect([...trained.batchesTracked.values()]).toEqual([...own.batchesTracked.values()]);

    expect(metricsErrors(JSON.parse(await readFile(path.join(results, 'metrics.json'), 'utf8')))).toEqual([]);

    const back = await opened();
    const source = await pathSource(results);
    const files = await Promise.all(
      source.paths.map(async (one) => ({ path: one, file: new File([await source.read(one)], one) })),
    );
    expect((await back.importResults({ files })).runs).toEqual(['baseline', 'sweep', 'finetune']);
    const metrics = JSON.parse(await (await back.exportFile({ what: 'metrics' })).blob.text()) as {
      runs: Record<string, object>;
      steps: { step: string }[];
    };
    expect(metricsErrors(metrics)).toEqual([]);
    expect(metrics.runs['sweep']).toMatchObject({ recommendation: { best: expect.any(Number) as number } });
    expect(metrics.steps.map(({ step }) => step)).toEqual(['baseline', 'sweep', 'finetune']);
    // What was trained there is fine-tuned here.
    await expect(back.start({ run: 'finetune', config })).resolves.toEqual({ ended: 'done' });

    const known = await handedOver(session, 'known');
    expect(python(known, 'verify.py')).toMatch(
      /baseline at [^]*studio .*, here [^]*all answers are the same[^]*finetune at/,
    );
  },
  600_000,
);

test.runIf(hasTorch)(
  `a run that was stopped in the studio goes on in PyTorch as if nothing had happened (${needsTorch})`,
  async () => {
    const whole: number[] = [];
    const first = await opened((event) => {
      if (event.kind === 'records') whole.push(...told(event.records).losses);
    });
    await first.start({ run: 'baseline', config });

    let saving = false;
    const session = await opened((event) => {
      const stepped = event.kind === 'records' && event.records.some(({ kind }) => kind === 'step');
      if (stepped && !saving) void session.save();
      saving ||= stepped;
      if (event.kind === 'saved' && event.at !== null && saving) void session.stop();
    });
    await expect(session.start({ run: 'baseline', config })).resolves.toEqual({ ended: 'stopped' });
    const begun = await handedOver(session, 'begun');
    python(begun, 'train.py', '--steps', 'baseline');
    const records = await recordsIn(path.join(begun, 'results'));
    expect(told(records).losses).toEqual(closeTo(whole, 4));
    expect(records.filter(({ kind }) => (kind as string) === 'run')).toHaveLength(1);
  },
  600_000,
);
