/**
 * `npm run torture -- --kills 20 --losses 5 --seed 1`: steps on small photos in Node, once undisturbed, and once killed
 * (kill -9) and robbed of their GPU at random moments, saves included, until they end. The weights' bytes, the predictions and
 * all records but times must be the same. A line a fault; exit code 1 where something differs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fork, type Rng } from '../engine/base/rng';
import { ROOT } from '../cli/project.mjs';
import { makeManyPhotos } from './manyPhotos';
import type { TorturedHears, TorturedSays } from './tortured';

const USAGE = 'Usage: npm run torture -- [--kills 3] [--losses 1] [--seed 1]';
const PHOTOS = 40;
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
  const { kills, losses, seed } = asked;
  const random = fork(seed, kills, losses);
  const { folder } = makeManyPhotos(PHOTOS);
  const [whole, faulty] = ['whole', 'faulty'].map((name) => mkdtempSync(path.join(tmpdir(), `fixres-${name}-`)));
  try {
    const started = Date.now();
    await undisturbed(folder, whole!);
    const took = Date.now() - started;
    console.log(`undisturbed: done in ${Math.round(took / 1000)} s`);
    // So that they fall on all of it, more or less.
    const laterMs = (1.5 * took) / (kills + losses + 1);
    await tortured(folder, faulty!, { faults: shuffled(faultsOf(kills, losses, random), random), laterMs, random });
    const differences = differencesOf(whole!, faulty!);
    for (const difference of differences) console.log(`differs: ${difference}`);
    console.log(differences.length === 0 ? 'weights, predictions and records are the same, to the bit' : 'FAILED');
    return differences.length === 0 ? 0 : 1;
  } finally {
    for (const made of [folder, whole!, faulty!]) rmSync(made, { recursive: true, force: true });
  }
}

function parse(args: readonly string[]): { kills: number; losses: number; seed: number } | null {
  try {
    const option = (value: string) => ({ type: 'string', default: value }) as const;
    const options = { kills: option('3'), losses: option('1'), seed: option('1') };
    const { kills, losses, seed } = parseArgs({ args: [...args], options }).values;
    const numbers = { kills: Number(kills), losses: Number(losses), seed: Number(seed) };
    return Object.values(numbers).every((one) => Number.isSafeInteger(one) && one >= 0) ? numbers : null;
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

interface Victim {
  child: ChildProcess;
  /** Resolves at the next of its messages; null once it has ended. */
  says: () => Promise<TorturedSays | null>;
  ended: Promise<number | null>;
}

function begin(data: string, out: string): Victim {
  const program = path.join(ROOT, 'src/cli/run.mjs');
  const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = spawn(process.execPath, [program, 'bench', 'tortured', data, out], { cwd: ROOT, stdio });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const says = () =>
    Promise.race([new Promise<TorturedSays>((resolve) => child.once('message', resolve)), ended.then(() => null)]);
  return { child, says, ended };
}

async function undisturbed(data: string, out: string): Promise<void> {
  const code = await begin(data, out).ended;
  if (code !== 0) throw new Error(`It ended with ${code} by itself`);
}

/** `laterMs`: how long after a run was heard of a fault comes at most. */
async function tortured(
  data: string,
  out: string,
  { faults, laterMs, random }: { faults: readonly Fault[]; laterMs: number; random: Rng },
): Promise<void> {
  let victim = begin(data, out);
  for (const [i, fault] of faults.entries()) {
    const heard = await nextProgress(victim);
    if (!heard) break;
    const later = random.uniform() * laterMs;
    await wait(later);
    const hear = (what: TorturedHears) => victim.child.connected && victim.child.send(what);
    if (fault === 'loss') hear('lose');
    else {
      if (fault === 'kill while saving') {
        hear('save');
        await wait(random.uniform() * SAVING_MS);
      }
      victim.child.kill('SIGKILL');
      await victim.ended;
      victim = begin(data, out);
    }
    const where = `${heard.run}, epoch ${heard.epoch}`;
    console.log(`${i + 1}: ${fault} ${(later / 1000).toFixed(1)} s after ${where}`);
  }
  let code = await victim.ended;
  // It may have been at its end when the last fault came.
  if (code === null) code = await begin(data, out).ended;
  if (code !== 0) throw new Error(`It ended with ${code}`);
}

async function nextProgress(victim: Victim): Promise<Extract<TorturedSays, { run: unknown }> | null> {
  for (;;) {
    const said = await victim.says();
    if (said === null || 'done' in said) return null;
    if ('run' in said) return said;
  }
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
