/** A project whose disk fills up, refuses or spoils it: nothing worth having is lost, and it is said; on a GPU that computes nothing. */
import { expect, test } from 'vitest';
import type { RunRecord } from '../engine/base/records';
import { readZip } from '../engine/io/zip';
import { EventLog, folderOf, leftIn } from '../testing/host';
import { config, metricsOf, newSession, openOn, tells } from '../testing/keptSession';
import { MemoryFolder, REFUSED } from '../testing/memoryFolder';
import { onlyProject } from './store/onlyProject';

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
  const session = newSession({ projects: projects() }, log.emit);
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
  const session = newSession({ projects: onlyProject(folder.asOnly) }, (event) => {
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

test.each([
  ['finetune', 'the fine-tuned weights', 'the baseline’s weights', 'baseline'],
  ['baseline', 'the baseline’s weights', 'the fine-tuned weights', 'finetune'],
] as const)(
  'a project whose %s weights are broken opens without them, and says so',
  async (broken, lost, whole, kept) => {
    const folder = new MemoryFolder();
    const first = openOn(folder);
    await first.session.openFiles(folderOf('pets', 12));
    for (const run of ['baseline', 'finetune'] as const)
      await first.session.start({ run, config: { ...config, epochs: 1, tuneEpochs: 1, tuneSize: 32 } });
    const weights = await (await first.session.exportFile({ what: 'weights', weights: kept })).blob.bytes();
    const left = folder.reopened();
    spoil(left, broken);
    const { session, log } = openOn(left);
    await session.openFiles({ ...folderOf('pets', 12), again: 'only' });
    const warnings = log.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    expect(warnings).toEqual([
      expect.stringMatching(new RegExp(`lost: ${lost} \\(${broken}\\.[01]: broken payload\\)`)),
    ]);
    expect(warnings[0]).toContain(`Whole: ${whole} and all results`);
    const { blob } = await session.exportFile({ what: 'weights', weights: kept });
    expect(Buffer.compare(await blob.bytes(), weights)).toBe(0);
    expect(Object.keys((await metricsOf(session)).runs)).toEqual(['baseline', 'finetune']);

    spoil(left, 'project');
    const { found } = await openOn(left.reopened()).session.salvage({ id: 'only' });
    expect(found).toContain(`${kept}.safetensors`);
    expect(found).not.toContain(`${broken}.safetensors`);
    expect(found).toContain('broken.txt');
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
