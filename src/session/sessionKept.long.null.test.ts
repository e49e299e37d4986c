/** What a session leaves to the next one: a project as it was, and a run that goes on, on a GPU that computes nothing. */
import { expect, test } from 'vitest';
import { folderOf, leftIn } from '../testing/host';
import { config, type Metrics, metricsOf, openOn, stepsIn, tells } from '../testing/keptSession';
import { MemoryFolder } from '../testing/memoryFolder';

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
  expect(kept?.running).toMatchObject({ run: 'baseline', config: { arch: 'tiny10' } });
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

test('a run that was begun in one engine goes on in another, from the same state, and says that it may round otherwise', async () => {
  const folder = new MemoryFolder();
  const warningsOf = ({ log }: ReturnType<typeof openOn>) =>
    log.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : [])).join(' ');
  const first = openOn(folder, 'Node 22, Dawn');
  await first.session.openFiles(folderOf('pets', 12));
  const running = first.session.start({ run: 'baseline', config });
  await first.log.next(tells('epoch'));
  await first.session.save();
  await first.log.next(({ kind }) => kind === 'saved');
  const [left, untouched] = [folder.reopened(), folder.reopened()];
  await running;

  // There, and back.
  const second = openOn(left, 'Chromium 156');
  await second.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  const going = second.session.goOn();
  await second.log.next(tells('epoch'));
  await second.session.save();
  await second.log.next(({ kind }) => kind === 'saved');
  const back = left.reopened();
  await going;
  expect(warningsOf(second)).toMatch(/saved by Node 22, Dawn\. .* same state to the bit; .* may round otherwise/);

  const third = openOn(back, 'Node 22, Dawn');
  await third.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  expect(await third.session.goOn()).toEqual({ ended: 'done' });
  expect(warningsOf(third)).toContain('saved by Chromium 156');
  const { runs } = await metricsOf(third.session);
  expect(runs['baseline']!.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  // Where nothing has changed, nothing is said.
  const same = openOn(untouched, 'Node 22, Dawn');
  await same.session.openFiles({ ...folderOf('pets', 12), again: 'only' });
  expect(await same.session.goOn()).toEqual({ ended: 'done' });
  expect(warningsOf(same)).not.toContain('round otherwise');
});
