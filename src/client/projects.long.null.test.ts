/** The page's way back into projects that it has kept, over a real session, on a GPU that computes nothing. */
import { expect, test, vi } from 'vitest';
import { toErrorData } from '../engine/base/errors';
import { nullWebGpu } from '../hosts/node/nullGpu';
import type { CommandMessage, StudioEvent } from '../protocol/messages';
import type { KeptProject } from '../protocol/projects';
import { folderOf, testHost } from '../testing/host';
import { type MemoryFolder, memoryProjects } from '../testing/memoryFolder';
import { TINY } from '../testing/tiny';
import { NO_CHANGES } from './photoDraft';
import { createStudio, type Studio } from './studio';
import type { WorkerPort } from './workerClient';

const webgpu = await nullWebGpu();
const { Session } = await import('../session/session');

type Folders = Map<string, MemoryFolder>;

/** What another visit finds, whatever this one does from now on. */
const later = (folders: Folders): Folders =>
  new Map([...folders].map(([id, folder]) => [id, folder.reopened()] as const));

/** What the worker is in a browser. */
function portOn(folders: Folders): WorkerPort {
  const listeners: ((event: Event) => void)[] = [];
  const say = (data: unknown) => listeners.forEach((tell) => tell(Object.assign(new Event('message'), { data })));
  const emit = (event: StudioEvent) => say({ kind: 'event', event });
  const session = new Session(testHost(webgpu, { projects: memoryProjects(folders) }), emit);
  return {
    postMessage({ id, kind, ask }: CommandMessage) {
      const handler = session as unknown as Record<string, (asked: unknown) => Promise<unknown>>;
      const answered = kind in session ? handler[kind]!(ask) : Promise.reject(new Error(`No ${kind} here`));
      answered.then(
        (result) => say({ kind: 'reply', id, ok: true, result }),
        (error: unknown) => say({ kind: 'reply', id, ok: false, error: toErrorData(error) }),
      );
    },
    addEventListener: (kind, listener) => void (kind === 'message' && listeners.push(listener)),
  };
}

const until = (studio: Studio, holds: (state: ReturnType<Studio['store']['getState']>) => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => holds(studio.store.getState()) && resolve();
    studio.store.subscribe(look);
    look();
  });

/** As a folder input gives them. */
const filesOf = (name: string) =>
  folderOf(name, 12).files.map(({ path, file }) => Object.assign(file, { webkitRelativePath: `${name}/${path}` }));

async function visit(folders: Folders): Promise<Studio> {
  const studio = createStudio(portOn(folders));
  await until(studio, ({ machine }) => machine.status === 'ready');
  return studio;
}

/** A visit that trains a baseline on these photos, and ends. */
async function trained(folders: Folders, name: string): Promise<Folders> {
  const studio = await visit(folders);
  await studio.openFiles(filesOf(name));
  studio.setConfig(TINY);
  await studio.start('baseline');
  return later(folders);
}

const listed = (studio: Studio) =>
  studio.store.getState().projects.map(({ name, contents }) => [name, contents?.ended ?? null] as const);
const idOf = (studio: Studio, name: string) => studio.store.getState().projects.find((one) => one.name === name)!.id;

/** A visit whose run goes on to its end, and what a later one finds: all as it was first saved. */
async function interrupted(folders: Folders) {
  const first = await visit(folders);
  await first.openFiles(filesOf('pets'));
  first.setConfig({ ...TINY, epochs: 3 });
  const running = first.start('baseline');
  await until(first, ({ saved }) => saved.at !== null);
  const left = later(folders);
  await running;
  return [first, left] as const;
}

test('a run that was interrupted is offered, taken up with its photos, and ends', async () => {
  const folders: Folders = new Map();
  const [first, left] = await interrupted(folders);
  const { baseline } = first.store.getState();

  const second = await visit(left);
  const [kept] = second.store.getState().projects;
  expect(kept).toMatchObject({
    name: 'pets',
    openIn: null,
    contents: { place: 'files', running: { run: 'baseline' } },
  });
  // No browser keeps a way to files that were dropped one by one: they are asked for.
  await expect(second.takeUp(kept!.id)).rejects.toMatchObject({ code: 'bad-dataset' });
  await expect(second.takeUp(kept!.id, filesOf('pets').slice(1))).rejects.toThrow('a/1.jpg is missing');
  expect(second.store.getState().project).toBeNull();
  await second.takeUp(kept!.id, filesOf('pets'));
  const now = second.store.getState();
  expect(now).toMatchObject({
    project: { id: kept!.id, name: 'pets' },
    interrupted: null,
    stage: 'baseline',
    failure: null,
    config: { arch: 'tiny10', epochs: 3 },
  });
  expect([now.baseline?.id, now.baseline?.ended]).toEqual([baseline?.id, 'done']);
  expect(now.baseline?.epochs.map(({ record }) => record.epoch)).toEqual([1, 2, 3]);
});

test('the folder itself brings its project back, with the run that was interrupted, which waits to be asked for', async () => {
  const folders: Folders = new Map();
  const [, left] = await interrupted(folders);

  const second = await visit(left);
  await second.openFiles(filesOf('renamed'));
  expect(second.store.getState()).toMatchObject({
    project: { id: 'project 1', name: 'renamed' },
    interrupted: { run: 'baseline' },
    run: { state: 'idle' },
  });
  await second.continueRun();
  expect(second.store.getState()).toMatchObject({
    interrupted: null,
    baseline: { ended: 'done' },
    stage: 'baseline',
    config: { epochs: 3 },
  });
  expect([...left.keys()]).toEqual(['project 1']);
});

test('other photos begin a project of their own, and both are there, each with what was made of it', async () => {
  const once = await trained(new Map(), 'pets');
  const studio = await visit(once);
  await studio.openFiles(filesOf('others').slice(1));
  expect(studio.store.getState()).toMatchObject({ project: null, baseline: null });
  studio.setConfig(TINY);
  await studio.start('baseline');
  await studio.start('sweep');
  await studio.findProjects();
  expect(listed(studio)).toEqual([
    ['others', ['baseline', 'sweep']],
    ['pets', ['baseline']],
  ]);
  expect(studio.store.getState().project).toMatchObject({ name: 'others' });
  // From one to the other and back, in the same visit.
  await studio.openProject(idOf(studio, 'pets'), filesOf('pets'));
  expect(studio.store.getState()).toMatchObject({
    project: { name: 'pets' },
    baseline: { ended: 'done' },
    sweep: null,
  });
  await studio.openFiles(filesOf('others').slice(1));
  expect(studio.store.getState()).toMatchObject({ project: { name: 'others' }, sweep: { ended: 'done' } });
  const next = await visit(later(once));
  expect(listed(next).map(([name]) => name)).toEqual(['others', 'pets']);
});

test('two projects of the same name are told apart, and a name that was given stays', async () => {
  const once = await trained(new Map(), 'pets');
  const studio = await visit(once);
  await studio.openFiles(filesOf('pets').slice(1));
  studio.setConfig(TINY);
  await studio.start('baseline');
  expect(studio.store.getState().project).toEqual({ id: 'project 2', name: 'pets (2)' });
  await studio.renameProject('project 2', '  cats <b>& dogs</b>\u202e  ');
  await studio.renameProject('project 1', 'x'.repeat(400));
  await studio.start('baseline');
  expect(studio.store.getState().project?.name).toBe('cats <b>& dogs</b>\u202e');
  const next = await visit(later(once));
  expect(listed(next).map(([name]) => name)).toEqual(['cats <b>& dogs</b>\u202e', 'x'.repeat(120)]);
  // Without a name of its own it is called as its photos are.
  await next.renameProject('project 1', ' ');
  expect(listed(next).map(([name]) => name)).toContain('pets');
});

test('a project can be deleted, had back, and is gone in the end', async () => {
  const left = await trained(new Map(), 'pets');
  const studio = await visit(left);
  const [kept] = studio.store.getState().projects;
  const { id } = kept!;
  expect(kept!.bytes).toBe([...left.get(id)!.contents.values()].reduce((sum, { byteLength }) => sum + byteLength, 0));
  await studio.deleteProject(id);
  expect(studio.store.getState().projects).toMatchObject([{ id, deleted: true }]);
  // Nobody opens it meanwhile, by its photos neither.
  await studio.openProject(id, filesOf('pets'));
  expect(studio.store.getState().dataset).toBeNull();
  await studio.openFiles(filesOf('pets'));
  expect(studio.store.getState()).toMatchObject({ project: null, baseline: null });
  await studio.keepAgain(id);
  expect(studio.store.getState().projects).toMatchObject([{ id, deleted: false, contents: { ended: ['baseline'] } }]);

  await studio.deleteProject(id);
  // A later visit finds nothing, once it is too late to undo.
  const tomorrow = new Date(Date.now() + 24 * 3600e3);
  vi.useFakeTimers({ now: tomorrow, toFake: ['Date'] });
  await expect(studio.findProjects()).resolves.toEqual([]);
  vi.useRealTimers();
  await studio.keepAgain(id);
  expect([studio.store.getState().projects, left.size]).toEqual([[], 0]);
});

test('what is worked on is not deleted under it, here or in another tab, and two sessions work on two projects', async () => {
  const folders = await trained(await trained(new Map(), 'pets'), 'dogs');
  const [first, second] = [await visit(folders), await visit(folders)];
  // A folder that was renamed is the same project.
  expect(listed(first)).toEqual([['dogs', ['baseline', 'baseline']]]);
  await first.openFiles(filesOf('dogs'));
  await second.findProjects();
  const { id } = first.store.getState().project!;
  expect(second.store.getState().projects).toMatchObject([{ id, openIn: 'elsewhere' }]);
  await expect(first.deleteProject(id)).rejects.toMatchObject({ code: 'busy' });
  await expect(second.deleteProject(id)).rejects.toMatchObject({ code: 'busy' });
  await expect(second.takeUp(id, filesOf('pets'))).rejects.toMatchObject({ code: 'busy' });
  await second.openFiles(filesOf('pets'));
  expect(second.store.getState().project).toBeNull();
  expect(second.store.getState().warnings.join()).toContain('open in another tab');
  for (const studio of [first, second]) studio.setConfig({ ...TINY, epochs: 2 });
  await Promise.all([first.start('baseline'), second.start('baseline')]);
  expect([first, second].map((studio) => studio.store.getState().project?.name)).toEqual(['dogs', 'pets']);
  const third = await visit(later(folders));
  expect(listed(third)).toHaveLength(2);
  expect(Object.fromEntries(listed(third))).toEqual({
    dogs: ['baseline', 'baseline', 'baseline'],
    pets: ['baseline'],
  });
});

test('a project opens on its photos as they were, and the changes made since are a click away', async () => {
  const folders = await trained(new Map(), 'pets');
  const changing = await visit(folders);
  const [{ id }] = (await changing.findProjects()) as [KeptProject];
  await changing.openProject(id, filesOf('pets'));
  expect(changing.store.getState().laterEdits).toBeNull();
  const photos = changing.store.getState().dataset!.trainCount;
  const values = new Map([[0, { leaveOut: true as const }]]);
  changing.draftChanges({ ...NO_CHANGES, changes: values });
  await changing.makeChanges({ train: photos, validation: 0, test: 0 });
  expect(changing.store.getState()).toMatchObject({ baseline: null, dataset: { trainCount: photos - 1 } });
  // What is kept is not what is open, and can be had back.
  expect(await changing.findProjects()).toMatchObject([{ openIn: 'changed', contents: { ended: ['baseline'] } }]);
  await changing.openProject(id, filesOf('pets'));
  expect(changing.store.getState()).toMatchObject({
    baseline: { ended: 'done' },
    dataset: { trainCount: photos },
    project: { id },
  });
  expect(await changing.findProjects()).toMatchObject([{ openIn: 'here' }]);

  await changing.makeLaterChanges();
  expect(changing.store.getState()).toMatchObject({
    laterEdits: null,
    dataset: { trainCount: photos - 1, edits: { leftOut: 1 } },
  });
});
