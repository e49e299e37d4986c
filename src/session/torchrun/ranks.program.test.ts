/**
 * Two ranks (gloo) against one process whose batches go through in parts, and what a kill and a SIGTERM leave. Skipped by name
 * where Debian's python3-torch and python3-torchvision are not installed.
 */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseStudioConfig } from '../../engine/experiments/meta';
import { nullWebGpu } from '../../hosts/node/nullGpu';
import { handOver, openedSession, paintPhotos } from '../../testing/handOver';
import { python, pythonHas } from '../../testing/python';
import { begunThere, ended, recordsIn, runThere, told } from '../../testing/torchrun';

const hasTorch = pythonHas('torch', 'torchvision', 'PIL');
const needsTorch = 'needs python3-torch and python3-torchvision';

/** Of 74 photos in batches of eight, the last two are rank 0's alone: the other one has none. */
const config = parseStudioConfig(
  {
    arch: 'tiny18',
    epochs: 4,
    batchSize: 8,
    trainSize: 64,
    evalResize: 80,
    optimizer: 'sgd',
    lr: 1e-4,
    gradientClip: 1,
    sweepSizes: '48,64',
  },
  'quick',
);
const STEPS = ['--steps', 'baseline,sweep'];

let root: string;
let photos: string;
let folder: string;
/** What two ranks come to when nobody disturbs them. */
let undisturbed: string;
beforeAll(async () => {
  if (!hasTorch) return;
  root = await mkdtemp(path.join(os.tmpdir(), 'ranks-'));
  [photos, folder, undisturbed] = [
    path.join(root, 'photos'),
    path.join(root, 'handed'),
    path.join(root, 'undisturbed'),
  ];
  await paintPhotos(photos, { train: 37, val: 4 });
  await handOver(await openedSession(await nullWebGpu(), photos), config, folder);
  await runThere({ folder, photos, ranks: 2 }, 'train.py', ...STEPS, '--out', undisturbed);
}, 300_000);
afterAll(() => root && rm(root, { recursive: true, force: true }));

test.runIf(hasTorch)(
  `two ranks take the steps of one process whose batches go in parts of four (${needsTorch})`,
  async () => {
    const alone = path.join(root, 'alone');
    await runThere({ folder, photos }, 'train.py', ...STEPS, '--micro-batch', '4', '--out', alone);
    const [one, two] = [told(await recordsIn(alone)), told(await recordsIn(undisturbed))];
    expect(two.losses).toHaveLength(40);
    expect(two.losses).toEqual(one.losses.map((loss) => expect.closeTo(loss, 4) as number));
    const counts = ({ epochs, points }: typeof one) => [
      epochs.map(({ train, validation, best }) => [train.correct, train.count, validation.correct, best]),
      points.map(({ size, correct, classes, changed }) => [size, correct, classes, changed]),
    ];
    expect(counts(two)).toEqual(counts(one));
    expect(two.epochs.map(({ validation }) => validation.loss)).toEqual(
      one.epochs.map(({ validation }) => expect.closeTo(validation.loss, 4) as number),
    );
  },
  120_000,
);

const begun = () =>
  begunThere({ folder, photos, ranks: 2 }, 'train.py', ...STEPS, '--out', path.join(root, 'disturbed'));

test.runIf(hasTorch)(
  `a rank that is killed takes the others with it, and ends nothing (${needsTorch})`,
  async () => {
    const killed = begun();
    const afterKill = ended(killed);
    await toldEpoch(killed, 1);
    const [rank] = ranksOf(killed);
    process.kill(rank!, 'SIGKILL');
    expect((await afterKill).code).not.toBe(0);
    const records = await recordsIn(path.join(root, 'disturbed'));
    expect(records.some(({ kind }) => (kind as string) === 'end')).toBe(false);
  },
  180_000,
);

test.runIf(hasTorch)(
  `after that the same command goes on, and a SIGTERM leaves what it is in the middle of (${needsTorch})`,
  async () => {
    const terminated = begun();
    const afterTerm = ended(terminated);
    await toldEpoch(terminated, 2);
    terminated.kill('SIGTERM');
    const { code, stdout } = await afterTerm;
    expect([code === 0, stdout]).toEqual([false, expect.stringContaining('{"stopped": "SIGTERM"')]);
    // Within an epoch, where none would have been written otherwise.
    const at =
      'import json, sys, torch; print(json.dumps(torch.load(sys.argv[1], weights_only=False)["training"]["at"]["step"]))';
    expect(python(at, path.join(root, 'disturbed', 'checkpoint.pth'))).toBeGreaterThan(0);
  },
  180_000,
);

test.runIf(hasTorch)(
  `after both it comes to the same records and weights (${needsTorch})`,
  async () => {
    const out = path.join(root, 'disturbed');
    await ended(begun());
    const [disturbed, whole] = [await recordsIn(out), await recordsIn(undisturbed)];
    expect(disturbed.map(untimed)).toEqual(whole.map(untimed));
    expect(disturbed.filter(({ kind }) => (kind as string) === 'end')).toHaveLength(2);
    const weights = (results: string) => tensorsOf(path.join(results, 'baseline.safetensors'));
    expect((await weights(out)).equals(await weights(undisturbed))).toBe(true);
  },
  180_000,
);

/** Resolves when an epoch's line of JSON has come. */
function toldEpoch(child: ChildProcess, epoch: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (text) => {
      said += String(text);
      if (said.includes(`"epoch": ${epoch},`)) resolve();
    });
    child.once('close', (code) => reject(new Error(`ended with ${code} before epoch ${epoch}: ${said}`)));
  });
}

/** Process ids of a torchrun's ranks. */
const ranksOf = ({ pid }: ChildProcess): number[] =>
  spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map(Number);

/** Without what the clock says. */
const untimed = (record: object): unknown =>
  JSON.parse(JSON.stringify(record, (key, value: unknown) => (TIMES.has(key) ? null : value)));
const TIMES = new Set(['id', 'startedAt', 'seconds', 'imagesPerSecond']);

/** The tensors' bytes of a safetensors file, behind its header, which tells the time. */
async function tensorsOf(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
}
