/**
 * `npm run bench -- tortured DATA OUT`: a session in Node that goes through its steps, or on with them, while the program
 * that started it kills it and takes its GPU away (`torture.ts`). Says where it is by messages.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { PRESET_CONFIGS, type RunId, type StudioConfig } from '../engine/experiments/meta';
import { nodeWebGpu } from '../hosts/node/gpu';
import { nodeHost } from '../hosts/node/host';
import type { StudioEvent } from '../protocol/messages';
import { fragileGpu } from '../testing/fragileGpu';

/** What it says: a run goes on at an epoch, something was saved, all is done. */
export type TorturedSays = { run: RunId; epoch: number } | { saved: true } | { done: true };
/** What it is told: to save, or that its device is lost. */
export type TorturedHears = 'save' | 'lose';

const RUNS: readonly RunId[] = ['baseline', 'sweep', 'finetune', 'progressive'];
const CONFIG: StudioConfig = {
  ...PRESET_CONFIGS.quick,
  arch: 'tiny18',
  batchSize: 8,
  epochs: 6,
  averaging: 0.9,
  trainSize: 48,
  evalResize: 56,
  evalCrop: 48,
  sweepMode: 'sizes',
  sweepSizes: [48, 64],
  tuneEpochs: 2,
  tuneSize: 64,
};

export async function main([data = '', out = '']: readonly string[]): Promise<number> {
  const { gpu, devices } = fragileGpu(await nodeWebGpu());
  const { Session } = await import('../session/session');
  const say = (what: TorturedSays) => process.send?.(what);
  const session = new Session(nodeHost(gpu, out), (event) => tell(event, say));
  process.on('message', (what: TorturedHears) => {
    if (what === 'lose') devices.at(-1)?.destroy();
    else void session.save();
  });
  const kept = await session.keptProject();
  await session.openDirectory({ handle: data, again: kept !== null });
  for (const [i, run] of RUNS.slice(kept?.ended.length ?? 0).entries()) {
    if (i === 0 && kept?.running) await session.goOn();
    else await session.start({ run, config: CONFIG });
  }
  for (const [what, name] of [
    ['metrics', 'metrics.json'],
    ['weights', 'weights.safetensors'],
    ['predictions', 'predictions.csv'],
  ] as const) {
    const { blob } = await session.exportFile({ what });
    await writeFile(path.join(out, name), blob.stream());
  }
  say({ done: true });
  return 0;
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
