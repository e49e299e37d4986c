/** What a session leaves to the next one: a project as it was, and a run that goes on, on a GPU that computes nothing. */
import { expect, test } from 'vitest';
import type { RunRecord } from '../engine/base/records';
import { PRESET_CONFIGS, type StudioConfig } from '../engine/experiments/meta';
import { readZip } from '../engine/io/zip';
import { nullWebGpu } from '../hosts/node/nullGpu';
import type { StudioEvent } from '../protocol/messages';
import { EventLog, folderOf, leftIn, testHost } from '../testing/host';
import { MemoryFolder, REFUSED } from '../testing/memoryFolder';
import { onlyProject } from './store/onlyProject';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

const config: StudioConfig = {
  ...PRESET_CONFIGS.quick,
  arch: 'tiny18',
  batchSize: 4,
  epochs: 4,
  trainSize: 32,
  evalResize: 36,
  evalCrop: 32,
  sweepMode: 'sizes',
  sweepSizes: [32, 48],
};

const openOn = (folder: MemoryFolder) => {
  const log = new EventLog();
  const session = new Session(testHost(webgpu, { projects: onlyProject(folder.asOnly) }), log.emit);
  return { session, log };
};
const tells = (what: RunRecord['kind']) => (event: StudioEvent) =>
  event.kind === 'records' && event.records.some(({ kind }) => kind === what);
const stepsIn = (events: readonly StudioEvent[]) =>
  events
    .flatMap((event) => (event.kind === 'records' ? event.records : []))
    .flatMap((record) => (record.kind === 'step' ? [record.record.globalStep] : []));

interface Metrics {
  runs: Record<string, { id: string; ended: string; epochs: { epoch: number }[]; points?: { size: number }[] }>;
  weights: { history: { name: string }[] } | null;
}
async function metricsOf(session: InstanceType<typeof Session>): Promise<Metrics> {
  return JSON.parse(await (await session.exportFile({ what: 'metrics' })).blob.text()) as Metrics;
}

test('what has ended is there again with the same photos: results, weights, what was predicted', async () => {
  const folder = new MemoryFolder();
  const first = openOn(folder);
  expect(await leftIn(first.session)).toBeNull();
  await first.session.openFiles(folderOf('pets', 12));
  await first.session.start({ run: 'baseline', config });
  await first.session.start({ run: 'sweep', config });
  const before = await metricsOf(first.session);
  const weights = await (await first.session.exportFile({ what: 'weights' })).blob.bytes();
  const predictions = await (await first.session.exportFile({ what: 'predictions' })).blob.text();

  const second = openOn(folder.reopened());
  expect(await leftIn(second.session)).toMatchObject({
    name: 'pets',
    place: 'files',
    ended: ['baseline', 'sweep'],
    running: null,
    damages: [],
    bytes: expect.any(Number) as number,
  });
  await second.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  const { runs, weights: info } = await metricsOf(second.session);
  expect({ runs, weights: info }).toEqual({ runs: before.runs, weights: before.weights });
  expect(Buffer.from(await (await second.session.exportFile({ what: 'weights' })).blob.bytes()).equals(weights)).toBe(
    true,
  );
  expect(await (await second.session.exportFile({ what: 'predictions' })).blob.text()).toBe(predictions);
  expect(second.log.events.find(({ kind }) => kind === 'restored')).toMatchObject({
    results: { baseline: { ended: 'done' }, sweep: { ended: 'done' } },
  });
  // It is this session's now, and can be worked on.
  expect(await leftIn(second.session)).toBeNull();
  expect(await second.session.start({ run: 'finetune', config })).toEqual({ ended: 'done' });
  expect((await leftIn(openOn(folder.reopened()).session))?.ended).toEqual(['baseline', 'sweep']);
});

test('a run that was interrupted goes on where it was saved, with its identity and what it had said', async () => {
  const folder = new MemoryFolder();
  const first = openOn(folder);
  await first.session.openFiles(folderOf('pets', 12));
  const running = first.session.start({ run: 'baseline', config });
  await first.log.next(tells('epoch'));
  await first.session.save();
  await first.log.next(({ kind }) => kind === 'saved');
  // The process is killed here: what another one finds on disk.
  const left = folder.reopened();
  await running;
  const whole = await metricsOf(first.session);

  const second = openOn(left);
  const kept = await leftIn(second.session);
  expect(kept?.running).toMatchObject({ run: 'baseline', config: { arch: 'tiny18' } });
  expect(kept!.running!.epoch).toBeGreaterThanOrEqual(1);
  await second.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  expect(await second.session.goOn()).toEqual({ ended: 'done' });
  const again = await metricsOf(second.session);
  const told = ({ id, ended, epochs }: Metrics['runs'][string]) => ({
    id,
    ended,
    epochs: epochs.map(({ epoch }) => epoch),
  });
  expect(told(again.runs['baseline']!)).toEqual(told(whole.runs['baseline']!));
  // Not from the beginning, and without a gap.
  const [all, rest] = [stepsIn(first.log.events), stepsIn(second.log.events)];
  expect(rest[0]).toBeGreaterThan(1);
  expect(all.slice(-rest.length)).toEqual(rest);
  await expect(second.session.goOn()).rejects.toMatchObject({ code: 'needs-step' });
});

test('an experiment of several trainings goes on in the one that it was in, and keeps its rows', async () => {
  const folder = new MemoryFolder();
  const first = openOn(folder);
  await first.session.openFiles(folderOf('pets', 12));
  await first.session.start({ run: 'baseline', config: { ...config, epochs: 1 } });
  const own = { ...config, tuneEpochs: 2, ablationSizes: [32] };
  const running = first.session.start({ run: 'ablation', config: own });
  // What the weights are as they are, and what the first training has come to.
  for (let rows = 0; rows < 2; rows++) await first.log.next(tells('row'));
  await first.log.next(tells('epoch'));
  await first.session.save();
  await first.log.next(({ kind }) => kind === 'saved');
  const left = folder.reopened();
  await first.session.stop();
  await running;

  const second = openOn(left);
  const kept = (await leftIn(second.session))!.running!;
  expect(kept).toMatchObject({ run: 'ablation', measured: true });
  expect(kept.trained).toBeGreaterThanOrEqual(1);
  await second.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  const goingOn = second.session.goOn();
  const again = await second.log.next(({ kind }) => kind === 'runStarted');
  const rows = again.kind === 'runStarted' ? again.result.rows.length : 0;
  expect(rows).toBeGreaterThanOrEqual(2);
  expect(await goingOn).toEqual({ ended: 'done' });
  const all = (await metricsOf(second.session)).runs['ablation'] as unknown as { rows: { trained: object[] }[] };
  expect(all.rows.map(({ trained }) => trained.length)).toEqual([0, ...Array.from({ length: 10 }, () => 2)]);
  const told = second.log.events.flatMap((event) => (event.kind === 'records' ? event.records : []));
  expect(told.filter(({ kind }) => kind === 'row')).toHaveLength(11 - rows);
  expect(told.filter(({ kind }) => kind === 'epoch').length).toBeLessThanOrEqual(20 - 2 * kept.trained);
});

test('a paused run is saved', async () => {
  const folder = new MemoryFolder();
  const { session, log } = openOn(folder);
  await session.openFiles(folderOf('pets', 12));
  const running = session.start({ run: 'baseline', config });
  await log.next(tells('step'));
  const saved = log.next(({ kind }) => kind === 'saved');
  await session.pause();
  expect(await saved).toMatchObject({ failure: null });
  expect((await leftIn(openOn(folder.reopened()).session))?.running).toMatchObject({ run: 'baseline' });
  await session.stop();
  await running;
  expect((await leftIn(openOn(folder.reopened()).session))?.running).toBeNull();
});

test('a run that was interrupted before it was saved begins again', async () => {
  const folder = new MemoryFolder();
  const first = openOn(folder);
  await first.session.openFiles(folderOf('pets', 12));
  const running = first.session.start({ run: 'baseline', config });
  await first.log.next(({ kind }) => kind === 'runStarted');
  const left = folder.reopened();
  await first.session.stop();
  await running;
  const second = openOn(left);
  expect((await leftIn(second.session))?.running).toMatchObject({ run: 'baseline', epoch: 0 });
  await second.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  expect(await second.session.goOn()).toEqual({ ended: 'done' });
  expect(stepsIn(second.log.events)[0]).toBe(1);
});

test('of a state that a disk has spoilt the one before it is used, with a warning', async () => {
  const folder = new MemoryFolder();
  const first = openOn(folder);
  await first.session.openFiles(folderOf('pets', 12));
  const running = first.session.start({ run: 'baseline', config });
  for (let i = 0; i < 2; i++) {
    const saved = first.log.next(({ kind }) => kind === 'saved');
    await first.session.save();
    await saved;
  }
  const left = folder.reopened();
  await running;
  const newest = ['run.0', 'run.1'].sort((a, b) => sequenceOf(left, b) - sequenceOf(left, a))[0]!;
  const bytes = left.contents.get(newest)!;
  bytes[bytes.byteLength - 9]! ^= 2;
  const second = openOn(left);
  expect((await leftIn(second.session))?.running).toMatchObject({ run: 'baseline' });
  await second.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  expect(await second.session.goOn()).toEqual({ ended: 'done' });
  const warnings = second.log.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  expect(warnings.join()).toContain(`damaged (${newest}: broken payload)`);
  const { runs } = await metricsOf(second.session);
  expect(runs['baseline']!.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
});

const sequenceOf = (folder: MemoryFolder, name: string) =>
  Number(new DataView(folder.contents.get(name)!.buffer).getBigUint64(16, true));

test('of two sessions at once one keeps its project, and the other says that it cannot', async () => {
  const folder = new MemoryFolder();
  const [first, second] = [openOn(folder), openOn(folder)];
  for (const { session } of [first, second]) await session.openFiles(folderOf('pets', 12));
  await first.session.start({ run: 'baseline', config: { ...config, epochs: 1 } });
  expect(await second.session.start({ run: 'baseline', config: { ...config, epochs: 1 } })).toEqual({ ended: 'done' });
  const said = ({ log }: typeof first) => log.events.filter(({ kind }) => kind === 'warning').length;
  expect([said(first), said(second)]).toEqual([0, 1]);
  expect((await leftIn(openOn(folder.reopened()).session))?.ended).toEqual(['baseline']);
});

test('other photos than the project’s are refused by what differs, and the project stays kept', async () => {
  const folder = new MemoryFolder();
  const first = openOn(folder);
  await first.session.openFiles(folderOf('pets', 12));
  await first.session.start({ run: 'baseline', config: { ...config, epochs: 1 } });
  const second = openOn(folder.reopened());
  const { files } = folderOf('pets', 12);
  const fewer = { name: 'pets', files: files.slice(1), last: true, again: 'only' };
  await expect(second.session.openFiles(fewer)).rejects.toThrow('a/1.jpg is missing');
  const other = {
    name: 'pets',
    files: [...files.slice(0, -1), { path: 'b/12.jpg', file: new File(['longer'], 'b') }],
    last: true,
    again: 'only',
  };
  await expect(second.session.openFiles(other)).rejects.toMatchObject({ code: 'bad-dataset' });
  expect(await leftIn(second.session)).toMatchObject({ name: 'pets' });
  // Begun anew with other photos, it stays until there is something to keep of them.
  await second.session.openFiles(folderOf('others', 12));
  expect(await leftIn(second.session)).toMatchObject({ name: 'pets' });
  await second.session.start({ run: 'baseline', config: { ...config, epochs: 1 } });
  expect(await leftIn(second.session)).toBeNull();
});

test.each([
  ['refused', () => REFUSED],
  [
    'full',
    () => {
      const full = new MemoryFolder();
      [full.budget, full.error] = [100_000, 'the disk is full'];
      return onlyProject(full.asOnly);
    },
  ],
] as const)('where storage is %s a run goes on, and it is said once', async (_, projects) => {
  const log = new EventLog();
  const session = new Session(testHost(webgpu, { projects: projects() }), log.emit);
  await session.openFiles(folderOf('pets', 12));
  expect(log.kinds()).not.toContain('warning');
  const running = session.start({ run: 'baseline', config });
  await log.next(tells('step'));
  await session.save();
  expect(await running).toEqual({ ended: 'done' });
  const warnings = log.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/not being saved \((a private window|the disk is full)\)/);
  expect((await session.exportFile({ what: 'weights' })).blob.size).toBeGreaterThan(10_000);
});

test('a disk that fills up in the middle leaves what was saved, and once there is room it is saved again', async () => {
  const folder = new MemoryFolder();
  const { session, log } = openOn(folder);
  await session.openFiles(folderOf('pets', 12));
  const running = session.start({ run: 'baseline', config });
  await log.next(tells('epoch'));
  await session.save();
  await log.next(({ kind }) => kind === 'saved');
  [folder.budget, folder.error] = [0, 'the disk is full'];
  await session.save();
  expect(await log.next(({ kind }) => kind === 'saved')).toEqual({
    kind: 'saved',
    at: null,
    failure: 'the disk is full',
  });
  const kept = await leftIn(openOn(folder.reopened()).session);
  expect(kept?.running).toMatchObject({ run: 'baseline', measured: true });
  folder.budget = Infinity;
  await session.save();
  expect(await log.next(({ kind }) => kind === 'saved')).toMatchObject({ failure: null });
  expect(await running).toEqual({ ended: 'done' });
});

test('a disk that has room again only when the run ends has all of it then, and says so', async () => {
  const folder = new MemoryFolder();
  const log = new EventLog();
  const session = new Session(testHost(webgpu, { projects: onlyProject(folder.asOnly) }), (event) => {
    if (event.kind === 'runEnded') folder.budget = Infinity;
    log.emit(event);
  });
  await session.openFiles(folderOf('pets', 12));
  const running = session.start({ run: 'baseline', config });
  await log.next(tells('step'));
  [folder.budget, folder.error] = [0, 'the disk is full'];
  await running;
  const said = log.events.flatMap((event) => (event.kind === 'saved' ? [event.failure] : []));
  expect(said.at(-2)).toBe('the disk is full');
  expect(said.at(-1)).toBeNull();
  expect(await leftIn(openOn(folder.reopened()).session)).toMatchObject({ running: null, ended: ['baseline'] });
});

/** Spoils the payload of both of a pair's slots. */
function spoil(folder: MemoryFolder, name: string): void {
  for (const slot of [`${name}.0`, `${name}.1`]) {
    const bytes = folder.contents.get(slot)!;
    if (bytes.byteLength > 0) bytes[bytes.byteLength - 3]! ^= 1;
  }
}

test.each([['project'], ['manifest']])(
  'a project whose %s is broken is not opened and not lost: it is said, and what is whole can be had',
  async (broken) => {
    const folder = new MemoryFolder();
    const first = openOn(folder);
    await first.session.openFiles(folderOf('pets', 12));
    await first.session.start({ run: 'baseline', config: { ...config, epochs: 2 } });
    const weights = await (await first.session.exportFile({ what: 'weights' })).blob.bytes();
    const left = folder.reopened();
    spoil(left, broken);
    const { session } = openOn(left);
    const [kept] = await session.projects();
    expect(kept).toMatchObject({ name: 'pets', contents: null, openIn: null });
    expect(kept!.damages.join()).toMatch(new RegExp(`${broken}\\.[01]: broken payload`));
    await expect(session.openFiles({ ...folderOf('pets', 12), again: 'only' })).rejects.toThrow('cannot be read');

    const { blob, found } = await session.salvage({ id: 'only' });
    expect(found).toEqual([
      'baseline.safetensors',
      'state-of-run.safetensors',
      'best-of-run.safetensors',
      'records.jsonl',
      ...(broken === 'project' ? ['photos.json'] : []),
    ]);
    const files = await readZip(blob);
    const bytesOf = async (name: string) => (await files.get(name)!.open()).bytes();
    expect(Buffer.compare(await bytesOf('baseline.safetensors'), weights)).toBe(0);
    const records = new TextDecoder()
      .decode(await bytesOf('records.jsonl'))
      .trim()
      .split('\n');
    const told = records.map((line) => JSON.parse(line) as RunRecord);
    expect(told.filter(({ kind }) => kind === 'epoch')).toHaveLength(2);

    // It can be deleted, and had back.
    await session.deleteProject({ id: 'only' });
    expect(await session.projects()).toMatchObject([{ deleted: true }]);
    await session.keepAgain({ id: 'only' });
    expect(await session.projects()).toMatchObject([{ deleted: false, contents: null }]);
  },
);

test('a project of which nothing is whole says so; one of a later version is left as it is', async () => {
  const folder = new MemoryFolder();
  const first = openOn(folder);
  await first.session.openFiles(folderOf('pets', 12));
  await first.session.start({ run: 'baseline', config: { ...config, epochs: 1 } });
  const ruined = folder.reopened();
  for (const bytes of ruined.contents.values()) bytes.fill(7);
  const { session } = openOn(ruined);
  expect(await session.projects()).toMatchObject([{ name: 'A project without a name', contents: null }]);
  await expect(session.salvage({ id: 'only' })).rejects.toMatchObject({ code: 'needs-step' });

  const later = folder.reopened();
  for (const slot of ['project.0', 'project.1']) {
    const bytes = later.contents.get(slot)!;
    if (bytes.byteLength > 0) new DataView(bytes.buffer).setUint32(8, 2, true);
  }
  const before = later.contents.get('project.1')!.slice();
  const older = openOn(later).session;
  expect(await older.projects()).toMatchObject([
    { contents: null, damages: [expect.stringContaining('other-version'), expect.anything()] },
  ]);
  expect(Buffer.compare(later.contents.get('project.1')!, before)).toBe(0);
});

test('a run that was begun in one engine goes on in another, from the same state, and says that it may round otherwise', async () => {
  const folder = new MemoryFolder();
  const openIn = (about: string, files: MemoryFolder) => {
    const log = new EventLog();
    const session = new Session(testHost(webgpu, { about, projects: onlyProject(files.asOnly) }), log.emit);
    return { session, log };
  };
  const warningsOf = ({ log }: ReturnType<typeof openIn>) =>
    log.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : [])).join(' ');
  const first = openIn('Node 22, Dawn', folder);
  await first.session.openFiles(folderOf('pets', 12));
  const running = first.session.start({ run: 'baseline', config });
  await first.log.next(tells('epoch'));
  await first.session.save();
  await first.log.next(({ kind }) => kind === 'saved');
  const [left, untouched] = [folder.reopened(), folder.reopened()];
  await running;

  // There, and back.
  const second = openIn('Chromium 156', left);
  await second.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  const going = second.session.goOn();
  await second.log.next(tells('epoch'));
  await second.session.save();
  await second.log.next(({ kind }) => kind === 'saved');
  const back = left.reopened();
  await going;
  expect(warningsOf(second)).toMatch(/saved by Node 22, Dawn\. .* same state to the bit; .* may round otherwise/);

  const third = openIn('Node 22, Dawn', back);
  await third.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  expect(await third.session.goOn()).toEqual({ ended: 'done' });
  expect(warningsOf(third)).toContain('saved by Chromium 156');
  const { runs } = await metricsOf(third.session);
  expect(runs['baseline']!.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  // Where nothing has changed, nothing is said.
  const same = openIn('Node 22, Dawn', untouched);
  await same.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  expect(await same.session.goOn()).toEqual({ ended: 'done' });
  expect(warningsOf(same)).not.toContain('round otherwise');
});
