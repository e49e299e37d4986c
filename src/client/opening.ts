/** Photos that are opened, and results that come back: the page's half. */
import type { StoreApi } from 'zustand/vanilla';
import { StudioError } from '../engine/base/errors';
import type { DatasetSettings } from '../engine/dataset/settings';
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunId } from '../engine/experiments/meta';
import type { Addition, KeptProject, NamedFile } from '../protocol/messages';
import { fromFileList, type Intake, type NamedFiles, portionsOf, readDrop } from './intake';
import { keptFolder } from './keptProject';
import { keepNow, runStore } from './keptRuns';
import { type Failure, STAGES, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

/** Files a message: Chromium looks at each file as it clones it, up to 0.6 ms; 50 stay below 50 ms. */
const FILES_A_PORTION = 50;
/** What was deleted can be had back for so long. */
export const UNDO_MS = 30_000;

/** A list of files, as inputs give it. */
type ChosenFiles = Iterable<File> & { readonly length: number };

export interface OpeningControls {
  /** With `add` the photos join the open ones. */
  openFiles(files: ChosenFiles, add?: Addition): Promise<void>;
  openDirectory(handle: FileSystemDirectoryHandle, add?: Addition): Promise<void>;
  /** Call it inside the drop event. A file of weights is imported, all else is opened as photos. */
  openDrop(transfer: DataTransfer, mayReplace?: () => Promise<boolean>): Promise<void>;
  /** Understands the open folder anew, as a person has decided: settings by `engine/dataset/settings`. */
  understand(settings: DatasetSettings): Promise<void>;
  /** Photos of leaves that the worker draws. */
  openSample(): Promise<void>;
  /**
   * The project that an earlier visit has left, as it was; a run that was interrupted goes on. `files` are its photos,
   * where the browser cannot open them by itself.
   */
  takeUp(files?: ChosenFiles): Promise<void>;
  /** What an earlier visit has left, asked for anew; the state has it then. */
  findLeft(): Promise<KeptProject | null>;
  /** `takeUp` without going on. */
  openLeft(files?: ChosenFiles): Promise<void>;
  /** Deletes what an earlier visit has left; for half a minute it can be had back. */
  forgetKept(): Promise<void>;
  /** It is there again. */
  keepAgain(): Promise<void>;
  /** What came of a run that was trained elsewhere, in the place of what is in memory; kept beside the other runs. */
  importResults(files: ChosenFiles): Promise<readonly RunId[]>;
}

interface Means {
  client: WorkerClient;
  store: StoreApi<StudioState>;
  /** Puts a failure into the state. */
  attempt: <T>(during: Failure['during'], act: () => Promise<T>) => Promise<T>;
  /** What the worker has said is in the state after this. */
  flush: () => void;
  /** @throws StudioError `busy` */
  refuseWhileRunning: () => void;
  importWeights: (file: File) => Promise<void>;
  setConfig: (patch: Readonly<Record<string, unknown>>) => void;
  goOn: () => Promise<void>;
}

export interface Opening {
  controls: OpeningControls;
  openPhotos: (name: string, list: () => Promise<DatasetSummary | null>) => Promise<void>;
  takeResults: (files: NamedFiles) => Promise<readonly RunId[]>;
  /** That is open, where it was opened by a handle. */
  folder: () => FileSystemDirectoryHandle | null;
}

export function openingControls({
  client,
  store,
  attempt,
  flush,
  refuseWhileRunning,
  importWeights,
  setConfig,
  goOn,
}: Means): Opening {
  let openedFolder: FileSystemDirectoryHandle | null = null;

  function refuseWhileOpening() {
    const { opening } = store.getState();
    if (!opening) return;
    throw new StudioError('busy', `${opening.name} is being read`, 'Wait until it is open.');
  }

  async function openAgain(left: KeptProject, files?: ChosenFiles) {
    const chosen = files && fromFileList(files);
    if (chosen && chosen.kind !== 'files') throw new StudioError('bad-dataset', `That is not the folder ${left.name}`);
    if (chosen) return sendFiles(chosen, { again: true });
    if (left.place === 'sample') return client.call('openSample', { again: true });
    const handle = left.place === 'folder' ? await keptFolder() : null;
    openedFolder = handle;
    if (handle) return client.call('openDirectory', { handle, again: true });
    throw new StudioError('bad-dataset', `${left.name} has to be chosen again`, 'The browser kept no way to open it.');
  }

  function openPhotos(name: string, list: () => Promise<DatasetSummary | null>): Promise<void> {
    return attempt('opening', async () => {
      refuseWhileRunning();
      refuseWhileOpening();
      store.setState({ opening: { name, files: 0 }, failure: null });
      try {
        const summary = await list();
        flush();
        if (!summary)
          throw new StudioError('bad-dataset', `${name} has no files`, 'Choose a folder with photos in it.');
        store.setState({ stage: 'photos' });
      } finally {
        store.setState({ opening: null });
      }
    });
  }

  /** A portion goes when the one before it has arrived, so the page's own events run in between. */
  async function sendFiles(
    { name, files }: Extract<Intake, { kind: 'files' }>,
    how: { add?: Addition; again?: boolean } = {},
  ): Promise<DatasetSummary | null> {
    let sent = 0;
    for await (const portion of portionsOf(files, FILES_A_PORTION)) {
      await client.call('openFiles', { name, files: portion, last: false });
      sent += portion.length;
      store.setState({ opening: { name, files: sent } });
    }
    return sent === 0 ? null : client.call('openFiles', { name, files: [], last: true, ...how });
  }

  async function open(intake: Intake, add?: Addition): Promise<void> {
    switch (intake.kind) {
      case 'directory':
        openedFolder = intake.handle;
        return openPhotos(intake.handle.name, () =>
          client.call('openDirectory', { handle: intake.handle, ...(add && { add }) }),
        );
      case 'files':
        openedFolder = null;
        return openPhotos(intake.name, () => sendFiles(intake, add && { add }));
      case 'weights':
        return importWeights(intake.file);
      case 'results':
        await takeResults(intake.files);
        return undefined;
      case 'nothing':
        return undefined;
      default:
        return intake satisfies never;
    }
  }

  function takeResults(files: NamedFiles): Promise<readonly RunId[]> {
    return attempt('opening', async () => {
      refuseWhileRunning();
      const all: NamedFile[] = [];
      for await (const file of files) all.push(file);
      store.setState({ failure: null });
      const { runs } = await client.call('importResults', { files: all });
      flush();
      keepNow(store, runStore);
      store.setState({ stage: 'runs' });
      return runs;
    });
  }

  const controls: OpeningControls = {
    openFiles: (files, add) => open(fromFileList(files), add),
    openDirectory: (handle, add) => open({ kind: 'directory', handle }, add),
    async openDrop(transfer, mayReplace) {
      const intake = await readDrop(transfer);
      if (intake.kind === 'nothing' || (mayReplace && !(await mayReplace()))) return;
      await open(intake);
    },
    understand: (settings) => {
      const { dataset } = store.getState();
      return openPhotos(dataset?.name ?? '', () => client.call('understand', { settings }));
    },
    openSample: () => {
      openedFolder = null;
      return openPhotos('the sample leaves', () => client.call('openSample', {}));
    },
    forgetKept: () =>
      attempt('opening', async () => {
        await client.call('forgetKept', {});
        const { left: forgotten } = store.getState();
        store.setState({ left: null, forgotten });
        setTimeout(() => {
          if (store.getState().forgotten !== forgotten) return;
          store.setState({ forgotten: null });
          // Who asks next has it deleted.
          client.call('keptProject', {}).catch(() => undefined);
        }, UNDO_MS);
      }),
    keepAgain: () =>
      attempt('opening', async () => {
        store.setState({ left: await client.call('keepAgain', {}), forgotten: null });
      }),
    async takeUp(files) {
      const { left } = store.getState();
      await controls.openLeft(files);
      if (left?.running) await goOn();
    },
    async findLeft() {
      const left = await client.call('keptProject', {});
      store.setState({ left });
      return left;
    },
    async openLeft(files) {
      const { left } = store.getState();
      if (!left) return;
      await openPhotos(left.name, () => openAgain(left, files));
      store.setState({ left: null });
      if (!left.running) return;
      const { run, config } = left.running;
      setConfig(config);
      store.setState({ stage: STAGES.find((stage) => stage === run) ?? 'experiments' });
    },
    async importResults(files) {
      const chosen = fromFileList(files);
      return chosen.kind === 'files' ? takeResults(chosen.files) : [];
    },
  };
  return { controls, openPhotos, takeResults, folder: () => openedFolder };
}
