/**
 * `npm run torture -- --kills 20 --losses 5 --seed 1 --engine node`: steps on small photos, in Node or in Chromium, once
 * undisturbed, and once killed (kill -9) and robbed of their GPU at random moments, saves included, until they end. The
 * weights' bytes, the predictions and all records but times must be the same. A line a fault; exit code 1 where something differs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fork, type Rng } from '../engine/base/rng';
import { paintPhotos } from '../testing/handOver';
import { type EngineId, ENGINES } from '../cli/engine';
import type { PlanId, Victim } from './torturedRuns';

const USAGE = 'Usage: npm run torture -- [--kills 3] [--losses 1] [--seed 1] [--engine node] [--short]';
/** Of each of two classes. */
const PHOTOS = { train: 32, val: 8 };
/** A kill that aims at a save comes this long after that was asked for, ms, at most. */
const SAVING_MS = 40;
/** What differs between two runs of the same. */
const TIMES: ReadonlySet<string> = new Set(['seconds', 'imagesPerSecond', 'id', 'startedAt', 'madeAt', 'writtenAt']);

type Fault = 'kill' | 'kill while saving' | 'loss';

export async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (!asked) {
    console.error(USAGE);
    return 2;
  }
  const { kills, losses, seed, engine, short } = asked;
  const victim = await BEGIN[engine]();
  const begin: Begin = (data, out) => victim(data, out, short ? 'short' : 'whole');
  const random = fork(seed, kills, losses);
  const [folder, whole, faulty] = ['photos', 'whole', 'faulty'].map((name) =>
    mkdtempSync(path.join(tmpdir(), `fixres-${name}-`)),
  );
  await paintPhotos(folder!, PHOTOS);
  try {
    const took = await undisturbed(begin, folder!, whole!);
    console.log(`undisturbed: done in ${(took / 1000).toFixed(1)} s`);
    // So that they fall on all of it, more or less.
    const laterMs = (1.5 * took) / (kills + losses + 1);
    await tortured(begin, folder!, faulty!, {
      faults: shuffled(faultsOf(kills, losses, random), random),
      laterMs,
      random,
    });
    const differences = differencesOf(whole!, faulty!);
    for (const difference of differences) console.log(`differs: ${difference}`);
    console.log(differences.length === 0 ? 'weights, predictions and records are the same, to the bit' : 'FAILED');
    return differences.length === 0 ? 0 : 1;
  } finally {
    for (const made of [folder!, whole!, faulty!]) rmSync(made, { recursive: true, force: true });
  }
}

type Begin = (data: string, out: string) => Promise<Victim>;
type BeginPlan = (data: string, out: string, plan: PlanId) => Promise<Victim>;

/** Only what is chosen is loaded. */
const BEGIN: Readonly<Record<EngineId, () => Promise<BeginPlan>>> = {
  node: async () => {
    const { bundleVictim, nodeVictim } = await import('./nodeVictim');
    await bundleVictim();
    return nodeVictim;
  },
  chromium: async () => (await import('./chromiumVictim')).chromiumVictim,
};

interface Asked {
  kills: number;
  losses: number;
  seed: number;
  engine: EngineId;
  /** Few steps, in Node on a GPU that computes nothing: for a test. */
  short: boolean;
}

function parse(args: readonly string[]): Asked | null {
  try {
    const option = (value: string) => ({ type: 'string', default: value }) as const;
    const short = { type: 'boolean', default: false } as const;
    const options = { kills: option('3'), losses: option('1'), seed: option('1'), engine: option('node'), short };
    const { kills, losses, seed, engine: named, ...rest } = parseArgs({ args: [...args], options }).values;
    const numbers = { kills: Number(kills), losses: Number(losses), seed: Number(seed) };
    const engine = ENGINES.find((one) => one === named);
    const valid = Object.values(numbers).every((one) => Number.isSafeInteger(one) && one >= 0);
    return valid && engine ? { ...numbers, ...rest, engine } : null;
  } catch {
    return null;
  }
}

/** Every other kill aims at a save. */
const faultsOf = (kills: number, losses: number, random: Rng): Fault[] => [
  ...Array.from({ length: kills }, (): Fault => (random.uniform() < 0.5 ? 'kill' : 'kill while saving')),
  ...Array.from({ length: losses }, (): Fault => 'loss'),
];

function shuffled<T>(all: readonly T[], random: Rng): T[] {
  return all
    .map((one) => ({ one, at: random.uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** How long it took, ms, from when its run was heard of. */
async function undisturbed(begin: Begin, data: string, out: string): Promise<number> {
  const victim = await begin(data, out);
  await victim.where();
  const heard = Date.now();
  const code = await victim.ended;
  if (code !== 0) throw new Error(`It ended with ${code} by itself`);
  return Date.now() - heard;
}

/** `laterMs`: how long after a run was heard of a fault comes at most. */
async function tortured(
  begin: Begin,
  data: string,
  out: string,
  { faults, laterMs, random }: { faults: readonly Fault[]; laterMs: number; random: Rng },
): Promise<void> {
  let victim = await begin(data, out);
  for (const [i, fault] of faults.entries()) {
    const heard = await victim.where();
    if (!heard) break;
    const later = random.uniform() * laterMs;
    await wait(later);
    if (fault === 'loss') await victim.lose();
    else {
      if (fault === 'kill while saving') {
        await victim.save();
        await wait(random.uniform() * SAVING_MS);
      }
      await victim.kill();
      victim = await begin(data, out);
    }
    const where = `${heard.run}, epoch ${heard.epoch}`;
    console.log(`${i + 1}: ${fault} ${(later / 1000).toFixed(1)} s after ${where}`);
  }
  let code = await victim.ended;
  // It may have been at its end when the last fault came.
  if (code === null) code = await (await begin(data, out)).ended;
  if (code !== 0) throw new Error(`It ended with ${code}`);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function differencesOf(whole: string, faulty: string): string[] {
  const [a, b] = [whole, faulty].map(
    (folder) => JSON.parse(readFileSync(path.join(folder, 'metrics.json'), 'utf8')) as unknown,
  );
  const found = compared(a, b, 'metrics');
  const bytes = (folder: string, name: string) => readFileSync(path.join(folder, name));
  if (!tensorsOf(bytes(whole, 'weights.safetensors')).equals(tensorsOf(bytes(faulty, 'weights.safetensors'))))
    found.push('the weights');
  if (!bytes(whole, 'predictions.csv').equals(bytes(faulty, 'predictions.csv'))) found.push('the predictions');
  return found;
}

/** The header tells of times. */
const tensorsOf = (file: Buffer): Buffer => file.subarray(8 + Number(file.readBigUInt64LE(0)));

function compared(a: unknown, b: unknown, place: string): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? [] : [`${place}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !TIMES.has(key));
  const of = (one: object, key: string) => (one as Record<string, unknown>)[key];
  return keys.flatMap((key) => compared(of(a, key), of(b, key), `${place}.${key}`));
}
