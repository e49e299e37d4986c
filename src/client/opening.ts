/** Photos that are opened, and results that come back: the page's half. */
import type { StoreApi } from 'zustand/vanilla';
import { StudioError, toErrorData } from '../engine/base/errors';
import type { DatasetSettings } from '../engine/dataset/settings';
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunId } from '../engine/experiments/meta';
import type { Addition, Again, NamedFile } from '../protocol/messages';
import type { OpenProject } from '../protocol/projects';
import { fromFileList, type Intake, type NamedFiles, portionsOf, readDrop } from './intake';
import { keepNow, runStore } from './keptRuns';
import type { Failure, StudioState } from './state';
import type { WorkerClient } from './workerClient';

/** Files a message: Chromium looks at each file as it clones it, up to 0.6 ms; 50 stay below 50 ms. */
const FILES_A_PORTION = 50;
/** A list of files, as inputs give it. */
export type ChosenFiles = Iterable<File> & { readonly length: number };

export interface OpeningControls {
  /**
   * With `add` the photos join the open ones. Photos that a kept project was made of open that project, unless they are to
   * begin `anew`.
   */
  openFiles(files: ChosenFiles, add?: Addition, anew?: boolean): Promise<void>;
  openDirectory(handle: FileSystemDirectoryHandle, add?: Addition, anew?: boolean): Promise<void>;
  /** Call it inside the drop event. A file of weights is imported, all else is opened as photos. */
  openDrop(transfer: DataTransfer, mayReplace?: (photos: boolean) => Promise<boolean>): Promise<void>;
  /** Understands the open folder anew, as a person has decided: settings by `engine/dataset/settings`. */
  understand(settings: DatasetSettings): Promise<void>;
  /** Photos of leaves that the worker draws. */
  openSample(anew?: boolean): Promise<void>;
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
}

export interface Opening {
  controls: OpeningControls;
  openPhotos: (name: string, list: () => Promise<DatasetSummary | null>) => Promise<void>;
  takeResults: (files: NamedFiles) => Promise<readonly RunId[]>;
  /** A kept project's photos: of the sample, by a handle, or as files. @throws StudioError `bad-dataset` if they are others. */
  openAgain: (project: OpenProject, photos: 'sample' | PhotosIntake) => Promise<void>;
  /** That is open, or being opened, where that is by a handle. */
  folder: () => FileSystemDirectoryHandle | null;
}

type FilesIntake = Extract<Intake, { kind: 'files' }>;
/** Photos that were chosen or dropped. */
export type PhotosIntake = FilesIntake | Extract<Intake, { kind: 'directory' }>;

export function openingControls({ client, store, attempt, flush, refuseWhileRunning, importWeights }: Means): Opening {
  let openedFolder: FileSystemDirectoryHandle | null = null;

  function refuseWhileOpening() {
    const { opening } = store.getState();
    if (!opening) return;
    throw new StudioError('busy', `${opening.name} is being read`, 'Wait until it is open.');
  }

  async function openAgain({ id, name }: OpenProject, photos: 'sample' | PhotosIntake): Promise<void> {
    const again = { again: id };
    const list = {
      sample: () => client.call('openSample', again),
      directory: (handle: FileSystemDirectoryHandle) => client.call('openDirectory', { handle, ...again }),
      files: (files: FilesIntake) => sendFiles(files, again),
    };
    const handle = photos !== 'sample' && photos.kind === 'directory' ? photos.handle : null;
    try {
      if (photos === 'sample') await openPhotos(name, list.sample, null);
      else if (photos.kind === 'files') await openPhotos(name, () => list.files(photos), null);
      else await openPhotos(name, () => list.directory(photos.handle), handle);
    } catch (error) {
      // In another tab its photos are of no use here.
      if (toErrorData(error).code === 'bad-dataset')
        store.setState({ wanted: { id, name, tried: handle, refused: false } });
      throw error;
    }
  }

  /** `folder`: by which they are opened; where that fails, the open one stays. */
  function openPhotos(
    name: string,
    list: () => Promise<DatasetSummary | null>,
    folder: FileSystemDirectoryHandle | null = openedFolder,
  ): Promise<void> {
    return attempt('opening', async () => {
      refuseWhileRunning();
      refuseWhileOpening();
      store.setState({ opening: { name, files: 0 }, failure: null, wanted: null });
      const before = openedFolder;
      openedFolder = folder;
      try {
        const summary = await list();
        flush();
        if (!summary)
          throw new StudioError('bad-dataset', `${name} has no files`, 'Choose a folder with photos in it.');
        store.setState({ stage: 'photos' });
      } catch (error) {
        openedFolder = before;
        throw error;
      } finally {
        store.setState({ opening: null });
      }
    });
  }

  /** A portion goes when the one before it has arrived, so the page's own events run in between. */
  async function sendFiles(
    { name, files }: FilesIntake,
    how: { add?: Addition } & Again,
  ): Promise<DatasetSummary | null> {
    let sent = 0;
    for await (const portion of portionsOf(files, FILES_A_PORTION)) {
      await client.call('openFiles', { name, files: portion, last: false });
      sent += portion.length;
      store.setState({ opening: { name, files: sent } });
    }
    return sent === 0 ? null : client.call('openFiles', { name, files: [], last: true, ...how });
  }

  async function open(intake: Intake, add?: Addition, anew = false): Promise<void> {
    const { wanted } = store.getState();
    if (wanted && !add && !anew && (intake.kind === 'directory' || intake.kind === 'files'))
      return openAgain(wanted, intake);
    const how = add ? { add } : { recognise: !anew };
    switch (intake.kind) {
      case 'directory':
        return openPhotos(
          intake.handle.name,
          () => client.call('openDirectory', { handle: intake.handle, ...how }),
          // Of photos that were added to others no one folder has all.
          add ? null : intake.handle,
        );
      case 'files':
        return openPhotos(intake.name, () => sendFiles(intake, how), null);
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
      // Who brings them wants them, whatever was deleted before.
      await keepNow(store, runStore, new Date().toISOString());
      store.setState({ stage: 'runs' });
      return runs;
    });
  }

  const controls: OpeningControls = {
    openFiles: (files, add, anew) => open(fromFileList(files), add, anew),
    openDirectory: (handle, add, anew) => open({ kind: 'directory', handle }, add, anew),
    async openDrop(transfer, mayReplace) {
      const intake = await readDrop(transfer);
      // Photos are another project's; weights and results come into the open one.
      const photos = intake.kind === 'directory' || intake.kind === 'files';
      if (intake.kind === 'nothing' || (mayReplace && !(await mayReplace(photos)))) return;
      await open(intake);
    },
    understand: (settings) => {
      const { dataset } = store.getState();
      return openPhotos(dataset?.name ?? '', () => client.call('understand', { settings }));
    },
    openSample: (anew = false) =>
      openPhotos('the sample leaves', () => client.call('openSample', { recognise: !anew }), null),
    async importResults(files) {
      const chosen = fromFileList(files);
      return chosen.kind === 'files' ? takeResults(chosen.files) : [];
    },
  };
  return { controls, openPhotos, takeResults, openAgain, folder: () => openedFolder };
}
