/** Projects that the browser keeps: listed, taken up again, named, deleted; and the page's part in keeping the open one. */
import type { StoreApi } from 'zustand/vanilla';
import { StudioError } from '../engine/base/errors';
import { openDatabase } from '../protocol/database';
import { HANDLES, handleKey } from '../protocol/projectPlaces';
import { type KeptProject, UNDO_MS, type UnfinishedRun } from '../protocol/projects';
import { fromFileList } from './intake';
import type { ChosenFiles, Opening, PhotosIntake } from './opening';
import { saveBlob } from './saveBlob';
import { type Failure, STAGES, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

export interface ProjectControls {
  /** Asked for anew; the state has them then. */
  findProjects(): Promise<readonly KeptProject[]>;
  /** As it was left. `photos` are its own, where the browser cannot open them by itself. */
  openProject(id: string, photos?: ChosenFiles | FileSystemDirectoryHandle): Promise<void>;
  /** `openProject`, and the run that was interrupted goes on. */
  takeUp(id: string, files?: ChosenFiles): Promise<void>;
  /** The open project's run that was interrupted goes on. */
  continueRun(): Promise<void>;
  /** For half a minute it can be had back. */
  deleteProject(id: string): Promise<void>;
  /** It is there again. */
  keepAgain(id: string): Promise<void>;
  renameProject(id: string, name: string): Promise<void>;
  /** What is still whole of a project that cannot be opened, into the browser's downloads; resolves to the files' names. */
  salvage(id: string): Promise<readonly string[]>;
  /** Opens or closes the list of them. */
  showProjects(open: boolean): void;
  /** Shows what another tab works on; null: no longer. */
  watch(id: string | null): void;
}

interface Means {
  client: WorkerClient;
  store: StoreApi<StudioState>;
  attempt: <T>(during: Failure['during'], act: () => Promise<T>) => Promise<T>;
  opening: Pick<Opening, 'openAgain'>;
  /** The folder that a project's photos were opened from; null where the browser has none. */
  findFolder: (project: KeptProject) => Promise<AskableHandle | null>;
  setConfig: (patch: Readonly<Record<string, unknown>>) => void;
  goOn: () => Promise<void>;
}

export function projectControls(means: Means): ProjectControls {
  const { client, store, attempt, opening, findFolder, setConfig, goOn } = means;
  const changing = (change: () => Promise<unknown>) =>
    attempt('opening', async () => {
      await change();
      await controls.findProjects();
    });

  /** Its settings are those that are shown, and its stage. */
  function turnTo({ run, config }: UnfinishedRun): void {
    setConfig(config);
    store.setState({ stage: STAGES.find((stage) => stage === run) ?? 'experiments' });
  }

  /** As they were chosen, or by the folder that the browser has kept. */
  async function photosOf(
    project: KeptProject,
    given?: ChosenFiles | FileSystemDirectoryHandle,
  ): Promise<PhotosIntake> {
    if (!given) return keptPhotos(project);
    if (!('length' in given)) return { kind: 'directory', handle: given };
    const chosen = fromFileList(given);
    if (chosen.kind === 'files') return chosen;
    return attempt('opening', () =>
      Promise.reject(new StudioError('bad-dataset', `That is not the folder of ${project.name}`)),
    );
  }

  /** @throws StudioError `bad-dataset` where the browser has no way to the folder, or no leave to read it: it is wanted then. */
  async function keptPhotos(project: KeptProject): Promise<PhotosIntake> {
    const handle = await findFolder(project);
    if (!handle)
      return want(
        project,
        false,
        `The browser kept no way to the photos of ${project.name}`,
        'Choose its folder again.',
      );
    const answer = await askToRead(handle);
    if (answer === 'granted') return { kind: 'directory', handle };
    return want(project, true, `The browser has no leave to read ${handle.name}`, REFUSED_HINTS[answer]);
  }

  function want({ id, name }: KeptProject, refused: boolean, why: string, hint: string): Promise<never> {
    store.setState({ wanted: { id, name, tried: null, refused } });
    return attempt('opening', () => Promise.reject(new StudioError('bad-dataset', why, hint)));
  }

  const controls: ProjectControls = {
    async findProjects() {
      const projects = await client.call('projects', {});
      store.setState({ projects });
      return projects;
    },
    async openProject(id, given) {
      const kept = store.getState().projects.find((project) => project.id === id);
      if (!kept?.contents || kept.deleted) return;
      store.setState({ failure: null, wanted: null });
      const { place } = kept.contents;
      const photos = place === 'sample' ? place : await photosOf(kept, given);
      // Another tab may have it by now.
      await opening.openAgain(kept, photos).finally(() => void controls.findProjects().catch(() => undefined));
      store.setState({ projectsOpen: false });
      const { interrupted } = store.getState();
      if (interrupted) turnTo(interrupted);
    },
    async takeUp(id, files) {
      await controls.openProject(id, files);
      if (store.getState().project?.id === id) await controls.continueRun();
    },
    async continueRun() {
      const { interrupted } = store.getState();
      if (!interrupted) return;
      turnTo(interrupted);
      store.setState({ interrupted: null });
      try {
        await goOn();
      } catch (error) {
        // It had not begun: nothing of it has changed.
        if (!store.getState()[interrupted.run as 'baseline']) store.setState({ interrupted });
        throw error;
      }
    },
    deleteProject: (id) =>
      changing(async () => {
        await client.call('deleteProject', { id });
        if (store.getState().wanted?.id === id) store.setState({ failure: null, wanted: null });
        // Who lists them then has it gone.
        setTimeout(() => void controls.findProjects().catch(() => undefined), UNDO_MS);
      }),
    keepAgain: (id) => changing(() => client.call('keepAgain', { id })),
    renameProject: (id, name) => changing(() => client.call('renameProject', { id, name })),
    salvage: (id) =>
      attempt('exporting', async () => {
        const { blob, found } = await client.call('salvage', { id });
        saveBlob(blob, 'fixres-project.zip');
        return found;
      }),
    showProjects(projectsOpen) {
      store.setState({ projectsOpen });
      if (projectsOpen) void controls.findProjects().catch(() => undefined);
    },
    watch: (watching) => store.setState({ watching }),
  };
  return controls;
}

/** What browsers let be asked of a handle, missing from TypeScript's own types. */
type AskableHandle = FileSystemDirectoryHandle & {
  requestPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
};

/** By what `keepProject` has kept. */
export async function keptFolder({ id, contents }: KeptProject): Promise<AskableHandle | null> {
  if (contents?.place !== 'folder') return null;
  const find = async () => (await openDatabase()).get(HANDLES, handleKey(id)) as Promise<AskableHandle | undefined>;
  return (await find().catch(() => undefined)) ?? null;
}

/** It asks only where a click is not long ago; where it does not, or is not answered, that is 'prompt'. */
const askToRead = async (handle: AskableHandle): Promise<PermissionState> =>
  (await handle.requestPermission?.({ mode: 'read' }).catch(() => 'prompt' as const)) ?? 'granted';

/** What to do where the browser was told no, and where nobody answered it. */
const REFUSED_HINTS = {
  denied:
    'Choose the folder again, which allows it. Or allow it in the browser’s settings for this page, and then ask again.',
  prompt: 'Ask again and allow it, or choose the folder again, which allows it, too.',
} as const;

/** Of what was opened by no handle, none is kept. A browser that refuses just forgets. */
async function keepFolder(id: string, handle: FileSystemDirectoryHandle | null): Promise<void> {
  try {
    const database = await openDatabase();
    const key = handleKey(id);
    await (handle ? database.put(HANDLES, handle, key) : database.delete(HANDLES, key));
  } catch {
    // The folder has to be chosen again, then.
  }
}

/** Keeps the folder of the open project's photos, and has its run saved before the page may be gone. */
export function keepProject(
  store: StoreApi<StudioState>,
  client: WorkerClient,
  openedFolder: () => FileSystemDirectoryHandle | null,
): void {
  store.subscribe((now, before) => {
    // Its folder may have been opened from elsewhere, too.
    if (now.project && now.project !== before.project) void keepFolder(now.project.id, openedFolder());
    if (now.projects.length > 0 && before.projects.length === 0) void askWhetherItLasts();
  });
  if (typeof document === 'undefined') return;
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && store.getState().run.state !== 'idle')
      client.call('save', {}).catch(() => undefined);
  });

  async function askWhetherItLasts(): Promise<void> {
    if (typeof navigator === 'undefined' || !('storage' in navigator)) return;
    const lasts = await navigator.storage.persisted().catch(() => null);
    store.setState(({ saved }) => ({ saved: { ...saved, lasts: saved.lasts ?? lasts } }));
  }
}
