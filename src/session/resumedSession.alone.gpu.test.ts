/**
 * Sessions that end at any moment (what they left on disk then is what another one finds) and are gone on with: the same
 * bytes of weights, the same predictions, the same records as one that was left alone.
 */
import { beforeAll, expect, test } from 'vitest';
import { PRESET_CONFIGS, type RunId, type StudioConfig } from '../engine/experiments/meta';
import { nodeWebGpu } from '../hosts/node/gpu';
import type { StudioEvent } from '../protocol/messages';
import { folderOf, leftIn, testHost } from '../testing/host';
import { MemoryFolder } from '../testing/memoryFolder';
import { oneDevice } from '../testing/oneDevice';
import { onlyProject } from './store/onlyProject';

const webgpu = oneDevice(await nodeWebGpu());
const { Session } = await import('./session');

const RUNS: readonly RunId[] = ['baseline', 'sweep', 'finetune'];
const config: StudioConfig = {
  ...PRESET_CONFIGS.quick,
  arch: 'tiny10',
  batchSize: 4,
  epochs: 2,
  averaging: 0.9,
  mixup: 0.2,
  trainSize: 32,
  evalResize: 36,
  evalCrop: 32,
  sweepMode: 'sizes',
  sweepSizes: [40],
  tuneSize: 40,
  tuneEpochs: 2,
};
const PHOTOS = 9;

const openOn = (folder: MemoryFolder, emit: (event: StudioEvent) => void = () => undefined) =>
  new Session(testHost(webgpu, { projects: onlyProject(folder.asOnly) }), emit);

/** Times aside. */
const plain = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => (/^(seconds|imagesPerSecond|madeAt|writtenAt)$/.test(key) ? null : value));

/** What a session has come to. */
async function outcomeOf(session: InstanceType<typeof Session>) {
  const text = async (what: 'metrics' | 'predictions') => (await session.exportFile({ what })).blob.text();
  const file = new Uint8Array(await (await session.exportFile({ what: 'weights' })).blob.arrayBuffer());
  const header = Number(new DataView(file.buffer).getBigUint64(0, true));
  const { runs, steps, predictions } = plain(await text('metrics')) as Record<string, unknown>;
  return { runs, steps, predictions, csv: await text('predictions'), tensors: file.slice(8 + header) };
}

interface Left {
  moment: string;
  folder: MemoryFolder;
}

/** Saves after every step of the first epoch, and what was on disk at each saving, and at each end of a run. */
async function whole() {
  const folder = new MemoryFolder();
  const left: Left[] = [];
  let last = '';
  const watch = (event: StudioEvent) => {
    if (event.kind === 'runStarted') last = event.result.run;
    if (event.kind === 'records') {
      const step = event.records.findLast((record) => record.kind === 'step');
      if (step?.kind === 'step') last = `${last.split(' ')[0]} ${step.record.globalStep}`;
      void session.save();
    }
    if (event.kind === 'saved') left.push({ moment: last, folder: folder.reopened() });
  };
  const session = openOn(folder, watch);
  await session.openFiles(folderOf('pets', PHOTOS));
  for (const run of RUNS) {
    await session.start({ run, config });
    left.push({ moment: `${run} ended`, folder: folder.reopened() });
  }
  return { outcome: await outcomeOf(session), left };
}

let undisturbed: Awaited<ReturnType<typeof whole>>;
beforeAll(async () => {
  undisturbed = await whole();
});

/** Halfway through what was left of a run. */
const middle = (all: readonly Left[]) => all[Math.floor((all.length - 1) / 2)]!;

test.each([
  { run: 'baseline', atLeast: 2, chosen: middle },
  { run: 'sweep', atLeast: 1, chosen: (all: readonly Left[]) => all[0]! },
  { run: 'finetune', atLeast: 2, chosen: middle },
] as const)('in the middle of: $run', async ({ run, atLeast, chosen }) => {
  const { outcome, left } = undisturbed;
  const started = left.filter(({ moment }) => moment.startsWith(run));
  expect(started.length).toBeGreaterThanOrEqual(atLeast);
  const { moment, folder } = chosen(started);
  const session = openOn(folder);
  const kept = (await leftIn(session))!;
  await session.openFiles({ ...folderOf('pets', PHOTOS), again: 'only' });
  for (const [i, next] of RUNS.slice(kept.ended.length).entries()) {
    if (i === 0 && kept.running) await session.goOn();
    else await session.start({ run: next, config });
  }
  const again = await outcomeOf(session);
  // A run that had not begun then has another moment of beginning.
  const ids = (one: unknown) =>
    JSON.parse(JSON.stringify(one), (key, value: unknown) => (/^(id|startedAt)$/.test(key) ? null : value)) as unknown;
  expect({ moment, ...again, runs: ids(again.runs) }).toEqual({ moment, ...outcome, runs: ids(outcome.runs) });
});
