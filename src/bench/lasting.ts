/**
 * `npm run bench -- lasting [--steps 2000] [--device null]`: a baseline of so many small steps in a session in Node, which
 * evaluates and saves as ever, but for every other ten epochs, in which nothing is saved. Prints JSON: bytes on the GPU and
 * memory of the process with their slopes, garbage collected before; the time that saving took, and an epoch's with it and
 * without. Fails where something grows by more than 1 % in 1,000 steps, beyond chance. On the null device, which computes
 * nothing, what grows is the studio's own: SwiftShader keeps a stack of 1 MiB for each of its tasks.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nodeWebGpu } from '../hosts/node/gpu';
import { nodeHost } from '../hosts/node/host';
import { nullWebGpu } from '../hosts/node/nullGpu';
import type { StudioEvent } from '../protocol/messages';
import { RunSaver } from '../session/runSaver';
import { Session } from '../session/session';
import { fragileGpu } from '../testing/fragileGpu';
import { TINY } from '../testing/tiny';
import { makeManyPhotos } from './manyPhotos';
import { meter } from './meter';
import { head } from './report';
import { significant, slope } from './statistics';

/** Four fifths of them train. */
const PHOTOS = 50;
const BATCH = 4;
const STEPS_AN_EPOCH = (PHOTOS * 0.8) / BATCH;
/** Epochs between two looks at memory. */
const LOOK = 5;
/** Epochs with saving before as many without. */
const BLOCK = 10;
/** Of all steps: until then what is kept is still being made. */
const WARM = 0.2;
const MOST_SLOPE = 0.01;

const LEAST_EPOCHS = 4 * BLOCK;
const USAGE = `Usage: npm run bench -- lasting [--steps 2000] [--device gpu|null]   ${LEAST_EPOCHS * STEPS_AN_EPOCH} steps at least`;

interface Sample {
  step: number;
  gpuBytes: number;
  heapBytes: number;
  residentBytes: number;
}

export async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === null) {
    console.error(USAGE);
    return 2;
  }
  const { epochs, device } = asked;
  const { folder } = makeManyPhotos(PHOTOS);
  const out = mkdtempSync(path.join(tmpdir(), 'fixres-lasting-'));
  const saving = timeSaving();
  const { gpu, devices } = fragileGpu(await (device === 'null' ? nullWebGpu() : nodeWebGpu()));
  const collectGarbage = garbageCollector();
  const samples: Sample[] = [];
  const epochMs: { saves: boolean; ms: number }[] = [];
  let epochBegan = 0;
  const onEvent = (event: StudioEvent) => {
    const ended = event.kind === 'records' ? event.records.find(({ kind }) => kind === 'epoch') : undefined;
    if (ended?.kind !== 'epoch') return;
    const { epoch } = ended.record;
    if (epochBegan > 0) epochMs.push({ saves: saving.on, ms: performance.now() - epochBegan });
    if (epoch % LOOK === 0) {
      collectGarbage();
      const { heapUsed, rss } = process.memoryUsage();
      const step = epoch * STEPS_AN_EPOCH;
      samples.push({ step, gpuBytes: counts.bytes, heapBytes: heapUsed, residentBytes: rss });
    }
    saving.on = Math.floor(epoch / BLOCK) % 2 === 0;
    epochBegan = performance.now();
  };
  const session = new Session(nodeHost(gpu, out), onEvent);
  const report = await session.connect();
  const counts = meter(devices[0]!);
  try {
    await session.openDirectory({ handle: folder });
    const began = performance.now();
    await session.start({ run: 'baseline', config: { ...TINY, batchSize: BATCH, epochs } });
    const ms = performance.now() - began;
    const later = samples.filter(({ step }) => step > WARM * epochs * STEPS_AN_EPOCH);
    const course = (key: Exclude<keyof Sample, 'step'>) => {
      const points = later.map((one) => ({ x: one.step / 1000, y: one[key] }));
      return { first: later[0]![key], last: later.at(-1)![key], slopePer1000Steps: slope(points) };
    };
    const courses = {
      gpuBytes: course('gpuBytes'),
      heapBytes: course('heapBytes'),
      residentBytes: course('residentBytes'),
    };
    const meanMs = (saves: boolean) => mean(epochMs.filter((one) => one.saves === saves).map((one) => one.ms));
    // What a process holds goes up and down: it fails where growth cannot be chance.
    const ok = Object.values(courses).every(({ slopePer1000Steps: { interval95 } }) => interval95[0] < MOST_SLOPE);
    const result = {
      ...head('lasting', args, report),
      steps: epochs * STEPS_AN_EPOCH,
      seconds: significant(ms / 1000),
      residentMebibytes: samples.map(({ residentBytes }) => Math.round(residentBytes / 2 ** 20)),
      ...courses,
      saving: {
        times: saving.times,
        ofSavingEpochs: significant(saving.ms / (ms / 2), 3),
        epochMs: { with: significant(meanMs(true)), without: significant(meanMs(false)) },
      },
    };
    console.log(JSON.stringify(result, null, 2));
    return ok ? 0 : 1;
  } finally {
    for (const made of [folder, out]) rmSync(made, { recursive: true, force: true });
  }
}

/** What a run spends on being saved, the state's way from the GPU included, from here on. Nothing is saved while it is off. */
function timeSaving() {
  const saving = { on: true, ms: 0, times: 0 };
  const original = <K extends 'due' | 'told' | 'save'>(name: K): RunSaver[K] => RunSaver.prototype[name];
  const [due, told, save] = [original('due'), original('told'), original('save')];
  RunSaver.prototype.due = function timed(record) {
    return saving.on && due.call(this, record);
  };
  RunSaver.prototype.told = function timed(records) {
    const began = performance.now();
    if (saving.on) told.call(this, records);
    saving.ms += performance.now() - began;
  };
  RunSaver.prototype.save = async function timed() {
    const began = performance.now();
    await save.call(this);
    saving.ms += performance.now() - began;
    saving.times++;
  };
  return saving;
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function parse(args: readonly string[]): { epochs: number; device: 'gpu' | 'null' } | null {
  try {
    const options = { steps: { type: 'string', default: '2000' }, device: { type: 'string', default: 'gpu' } } as const;
    const { steps, device } = parseArgs({ args: [...args], options }).values;
    const epochs = Math.ceil(Number(steps) / STEPS_AN_EPOCH);
    if (!Number.isSafeInteger(epochs) || epochs < LEAST_EPOCHS) return null;
    return device === 'gpu' || device === 'null' ? { epochs, device } : null;
  } catch {
    return null;
  }
}
