/**
 * The round trip: a run in the studio, the same run in PyTorch from the studio's weights and views, and its results back in
 * the studio. Skipped by name where Debian's python3-torch and python3-torchvision are not installed.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunRecord } from '../../engine/base/records';
import { parseStudioConfig, type RunId } from '../../engine/experiments/meta';
import { readWeights } from '../../engine/train/checkpoint';
import { pathSource } from '../../hosts/node/folderSource';
import { nodeWebGpu } from '../../hosts/node/gpu';
import type { StudioEvent } from '../../protocol/messages';
import { handOver, openedSession, paintPhotos } from '../../testing/handOver';
import { metricsErrors } from '../../testing/metricsSchema';
import { oneDevice } from '../../testing/oneDevice';
import { pythonHas } from '../../testing/python';
import { recordsIn, runThere, told } from '../../testing/torchrun';
import type { Session } from '../session';

const webgpu = oneDevice(await nodeWebGpu());

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
    lr: 3e-4,
    weightDecay: 1e-4,
    sweepSizes: '48',
    tuneSize: 48,
    tuneEpochs: 1,
    tuneLr: 1e-3,
    labelSmoothing: 0.1,
    gradientClip: 0.5,
  },
  'quick',
);
let folder: string;
let photos: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'torchrun-'));
  photos = path.join(folder, 'photos');
  await paintPhotos(photos, { train: 12, val: 6 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const opened = (emit?: (event: StudioEvent) => void) => openedSession(webgpu, photos, emit);

async function handedOver(session: Session, name: string, settings = config): Promise<string> {
  const target = path.join(folder, name);
  await handOver(session, settings, target);
  return target;
}

const closeTo = (values: readonly number[], by: number) => values.map((value) => expect.closeTo(value, by) as number);

let session: Session;
/** The folder that was handed over before the three steps, in which PyTorch has taken them, too. */
let fresh: string;

test.runIf(hasTorch)(
  `three steps, a sweep and a fine-tuning are the studio’s in PyTorch (${needsTorch})`,
  async () => {
    const records: RunRecord[] = [];
    session = await opened((event) => {
      if (event.kind === 'records') records.push(...event.records);
    });
    fresh = await handedOver(session, 'fresh');
    for (const run of ['baseline', 'sweep', 'finetune'] as RunId[]) await session.start({ run, config });

    await runThere({ folder: fresh, photos }, 'train.py');
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
  },
  600_000,
);

test.runIf(hasTorch)(
  `what PyTorch makes of them comes back (${needsTorch})`,
  async () => {
    const results = path.join(fresh, 'results');
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
  },
  600_000,
);

test.runIf(hasTorch)(
  `the studio’s own weights give there what they gave here (${needsTorch})`,
  async () => {
    const known = await handedOver(session, 'known');
    expect(await runThere({ folder: known, photos }, 'verify.py')).toMatch(
      /baseline at [^]*studio .*, here [^]*all answers are the same[^]*finetune at/,
    );
  },
  600_000,
);

test.runIf(hasTorch)(
  `fastai’s recipe, its head, warps, dropouts, cycles and groups, is the studio’s in PyTorch (${needsTorch})`,
  async () => {
    const fastai = parseStudioConfig(
      {
        arch: 'tiny18-fastai',
        epochs: 1,
        batchSize: 8,
        trainSize: 64,
        evalResize: 80,
        lr: 1e-4,
        sweepSizes: '48',
        tuneSize: 48,
        tuneEpochs: 1,
        tuneLr: 1e-4,
      },
      'fastai',
    );
    const records: RunRecord[] = [];
    const session = await opened((event) => {
      if (event.kind === 'records') records.push(...event.records);
    });
    const handed = await handedOver(session, 'fastai', fastai);
    for (const run of ['baseline', 'sweep', 'finetune'] as RunId[]) await session.start({ run, config: fastai });
    await runThere({ folder: handed, photos }, 'train.py');
    const [here, there] = [told(records), told(await recordsIn(path.join(handed, 'results')))];
    // Three steps of each of the cycles, and of the frozen stage at another size.
    expect(there.losses).toHaveLength(9);
    expect(there.losses).toEqual(closeTo(here.losses, 3));
    const epochs = ({ epochs: some }: typeof here) =>
      some.map(({ epoch, best, kept, validation }) => [epoch, best, kept, validation.correct]);
    expect(epochs(there)).toEqual(epochs(here));
    expect(there.epochs.map(({ smoothedLoss }) => smoothedLoss)).toEqual(
      closeTo(
        here.epochs.map(({ smoothedLoss }) => smoothedLoss!),
        3,
      ),
    );
    const known = await handedOver(session, 'fastai-known', fastai);
    expect(await runThere({ folder: known, photos }, 'verify.py')).toMatch(/all answers are the same/);
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
    await runThere({ folder: begun, photos }, 'train.py', '--steps', 'baseline');
    const records = await recordsIn(path.join(begun, 'results'));
    expect(told(records).losses).toEqual(closeTo(whole, 4));
    expect(records.filter(({ kind }) => (kind as string) === 'run')).toHaveLength(1);
  },
  600_000,
);
