/**
 * `npm run bench -- labels --data DIR [--share 0.05] [--seed 1] [--set key=value …]`: gives a share of a folder's training photos another
 * class by chance, has their labels checked by cross-validation, and counts how many of those are among as many first
 * suspects as there are of them. Prints JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { callersFolder } from '../cli/headlessOptions';
import { fork, permutation } from '../engine/base/rng';
import { PRESET_CONFIGS, parseStudioConfig } from '../engine/experiments/meta';
import { openNodeStudio } from '../hosts/node/studio';

const USAGE = 'Usage: npm run bench -- labels --data DIR [--share 0.05] [--seed 1] [--set key=value …]';

export async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === null) {
    console.error(USAGE);
    return 2;
  }
  const { data, share, seed, settings } = asked;
  const config = parseStudioConfig({ ...PRESET_CONFIGS.quick, ...settings });
  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-labels-'));
  try {
    const { session, told } = await openNodeStudio(folder);
    const { trainCount } = await session.openDirectory({ handle: data });
    const { labels } = await session.room.photoColumns();
    const flipped = [...permutation(fork(seed, 0), trainCount)].slice(0, Math.round(share * trainCount));
    const others = (label: number, i: number) => {
      const classes = told().dataset!.classes.length;
      return (label + 1 + (permutation(fork(seed, 1, i), classes - 1)[0] ?? 0)) % classes;
    };
    const changes = flipped.map((index, i) => ({ split: 'train' as const, index, label: others(labels[index]!, i) }));
    await session.editPhotos({ changes });
    const started = performance.now();
    await session.start({ run: 'labels', config });
    const seconds = Math.round((performance.now() - started) / 1000);
    const { suspects, rows } = told().results.labels!;
    if (!suspects) throw new Error('The check came to no end');
    const wrong = new Set(flipped);
    const among = (first: number) => suspects.slice(0, first).filter(({ index }) => wrong.has(index)).length;
    const [n, all] = [flipped.length, suspects.length];
    const result = {
      bench: 'labels',
      trainPhotos: trainCount,
      flipped: n,
      suspects: all,
      /** Of the flipped ones, among as many suspects, among twice as many and among all. */
      found: { first: among(n), firstTwice: among(2 * n), all: among(all) },
      /** That chance would find among as many. */
      byChance: Math.round((10 * n * n) / trainCount) / 10,
      suggestedRight: suspects.filter(({ index, suggested }) => wrong.has(index) && suggested === labels[index]).length,
      agreement: rows.at(-1)!.score.accuracy,
      seconds,
      seed,
      settings,
    };
    console.log(JSON.stringify(result, null, 2));
    return 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parse(args: readonly string[]) {
  try {
    const options = {
      data: { type: 'string' },
      share: { type: 'string' },
      seed: { type: 'string' },
      set: { type: 'string', multiple: true },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const [share, seed] = [Number(values.share ?? 0.05), Number(values.seed ?? 1)];
    if (values.data === undefined || !(share > 0 && share < 1) || !Number.isInteger(seed)) return null;
    const settings = Object.fromEntries((values.set ?? []).map((pair) => pair.split('=', 2) as [string, string]));
    return { data: path.resolve(callersFolder(), values.data), share, seed, settings };
  } catch {
    return null;
  }
}
