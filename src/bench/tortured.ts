/**
 * A program, `DATA OUT PLAN`: a session in Node that goes through its steps, or on with them, while the program that started it
 * kills it and takes its GPU away (`nodeVictim.ts`). Says where it is by messages.
 */
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import type { RunId } from '../engine/experiments/meta';
import { nodeWebGpu } from '../hosts/node/gpu';
import { nullWebGpu } from '../hosts/node/nullGpu';
import { nodeHost } from '../hosts/node/host';
import type { StudioEvent } from '../protocol/messages';
import { lastLeft } from '../protocol/projects';
import { fragileGpu } from '../testing/fragileGpu';
import { FILES, type PlanId, PLANS } from './torturedRuns';

/** What it says: a run goes on at an epoch, something was saved, all is done. */
export type TorturedSays = { run: RunId; epoch: number } | { saved: true } | { done: true };
/** What it is told: to save, or that its device is lost. */
export type TorturedHears = 'save' | 'lose';

async function main([data = '', out = '', plan = 'whole']: readonly string[]): Promise<void> {
  const { runs, config } = PLANS[plan as PlanId];
  const { gpu, devices } = fragileGpu(await (plan === 'short' ? nullWebGpu() : nodeWebGpu()));
  const { Session } = await import('../session/session');
  const say = (what: TorturedSays) => process.send?.(what);
  const session = new Session(nodeHost(gpu, out), (event) => tell(event, say));
  process.on('message', (what: TorturedHears) => {
    if (what === 'lose') devices.at(-1)?.destroy();
    else void session.save();
  });
  // What is written names the adapter, even where no run is left to go on.
  await session.connect();
  const kept = lastLeft(await session.projects());
  await session.openDirectory({ handle: data, again: kept?.id });
  for (const [i, run] of runs.slice(kept?.ended.length ?? 0).entries()) {
    if (i === 0 && kept?.running) await session.goOn();
    else await session.start({ run, config });
  }
  for (const [what, name] of FILES) {
    const { blob } = await session.exportFile({ what });
    await writeFile(path.join(out, name), blob.stream());
  }
  say({ done: true });
}

let run: RunId = 'baseline';
function tell(event: StudioEvent, say: (what: TorturedSays) => void): void {
  if (event.kind === 'runStarted') ({ run } = event.result);
  if (event.kind === 'saved' && event.at !== null) say({ saved: true });
  const records = event.kind === 'records' ? event.records : [];
  const step = records.findLast((record) => record.kind === 'step');
  if (step?.kind === 'step') say({ run, epoch: step.record.epoch });
  else if (records.some(({ kind }) => kind === 'sweepPoint' || kind === 'row')) say({ run, epoch: 0 });
}

// TensorFlow.js 4.22 calls `require` when it meets Node, in its ES modules too.
globalThis.require = createRequire(import.meta.url);
main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
