/**
 * `npm run bench -- weights FILE`: how long the studio takes to read a file of weights into our layout, and how far the
 * process grows meanwhile. Prints JSON; exit code 1 if the file is refused.
 */
import { openAsBlob, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { StudioError } from '../engine/base/errors';
import { readWeights } from '../engine/train/checkpoint';
import { callersFolder } from '../cli/headlessOptions';

const ROUNDS = 5;

export async function main(args: readonly string[]): Promise<number> {
  const [name] = args;
  if (name === undefined || name.startsWith('-') || args.length > 1) {
    console.error('Usage: npm run bench -- weights FILE');
    return 2;
  }
  const file = path.resolve(callersFolder(), name);
  const fileBytes = statSync(file).size;
  const before = process.resourceUsage().maxRSS;
  const seconds: number[] = [];
  let grownBytes = 0;
  let arch = '';
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = performance.now();
      ({ arch } = await readWeights(await openAsBlob(file)));
      seconds.push((performance.now() - startedAt) / 1000);
      // What later rounds add is garbage of the earlier ones.
      if (round === 0) grownBytes = (process.resourceUsage().maxRSS - before) * 1024;
    }
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    console.error(error.message);
    return 1;
  }
  const best = Math.min(...seconds);
  const secondsPer50MB = (best * 50e6) / fileBytes;
  console.log(
    JSON.stringify({ arch, fileBytes, seconds, secondsPer50MB, grownBytes, ofFile: grownBytes / fileBytes }, null, 2),
  );
  return 0;
}
