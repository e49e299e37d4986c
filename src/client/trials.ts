/** Photos that nobody has labelled: the page's half of trying them. */
import { StudioError } from '../engine/base/errors';
import type { Commands, ExportedBlob } from '../protocol/messages';
import type { Predicted, TriedFile } from '../protocol/trials';
import type { WeightsSlot } from '../protocol/weights';
import { fromFileList, type Intake, type NamedFiles, portionsOf, readDrop } from './intake';
import type { Failure, StudioState } from './state';
import type { WorkerClient } from './workerClient';

export interface TrialControls {
  /** Photos, or a folder's: what the chosen weights say of each is `tried` in the state. */
  tryFiles(files: Iterable<File> & { readonly length: number }, options?: TrialOptions): Promise<void>;
  tryDirectory(handle: FileSystemDirectoryHandle, options?: TrialOptions): Promise<void>;
  /** Call it inside the drop event. A file of weights is opened, and so are results of train.py. */
  tryDrop(transfer: DataTransfer, options?: TrialOptions): Promise<void>;
  stopTrying(): Promise<void>;
  /** Whether what is usual is measured first, from now on. */
  chooseUnlike(unlike: boolean): void;
  /** Test sizes, px, over which answers are averaged from now on; none: the weights' own. */
  chooseTrialSizes(sizes: readonly number[]): void;
  /** Fails without a word in the state: the panel that asks says why. */
  triedPhoto(ask: Commands['triedPhoto']['ask']): Promise<Commands['triedPhoto']['reply']>;
  exportTried(what: TriedFile): Promise<ExportedBlob>;
}

export interface TrialOptions {
  weights?: WeightsSlot;
  /** Tells which photos are unlike those trained on, once that has been measured on the open photos; as chosen, if not given. */
  unlike?: boolean;
}

interface Means {
  client: WorkerClient;
  state: () => StudioState;
  set: (patch: Partial<StudioState>) => void;
  attempt: <T>(during: Failure['during'], act: () => Promise<T>) => Promise<T>;
  importWeights: (file: File) => Promise<void>;
  takeResults: (files: NamedFiles) => Promise<unknown>;
}

/** As `openFiles` sends them. */
const FILES_A_PORTION = 50;

export function trialControls({ client, state, set, attempt, importWeights, takeResults }: Means): TrialControls {
  /** While files are still on their way to the worker, there is nothing there to be stopped. */
  let stopped = false;

  async function sendFiles(
    { name, files }: Extract<Intake, { kind: 'files' }>,
    options: Parameters<typeof tried>[1],
  ): Promise<Predicted | null> {
    let sent = 0;
    for await (const portion of portionsOf(files, FILES_A_PORTION)) {
      await client.call('tryFiles', { ...options, name, files: portion, last: false });
      sent += portion.length;
      if (stopped) throw new StudioError('stopped', 'The trial was stopped');
    }
    return sent === 0 ? null : client.call('tryFiles', { ...options, name, files: [], last: true });
  }

  function tried(
    intake: Intake,
    options: Pick<Commands['tryFiles']['ask'], 'weights' | 'config' | 'unlike' | 'sizes'>,
  ) {
    switch (intake.kind) {
      case 'directory':
        return client.call('tryDirectory', { ...options, handle: intake.handle });
      case 'files':
        return sendFiles(intake, options);
      case 'weights':
      case 'results':
      case 'nothing':
        return Promise.resolve(null);
      default:
        return intake satisfies never;
    }
  }

  /** What was tried before stays in sight until something else has been looked at. */
  async function attemptTrial(
    intake: Intake,
    { weights = state().exportSlot, unlike = state().tryUnlike }: TrialOptions,
  ): Promise<void> {
    if (intake.kind === 'weights') return importWeights(intake.file);
    if (intake.kind === 'results') return void (await takeResults(intake.files));
    if (intake.kind === 'nothing') return undefined;
    return attempt('trying', async () => {
      if (state().trying) throw new StudioError('busy', 'Photos are being tried', 'Wait until it is done, or stop it.');
      stopped = false;
      set({ failure: null, trying: { phase: 'listing', done: 0, of: 0, imagesPerSecond: null } });
      try {
        const predicted = await tried(intake, { weights, config: state().config, unlike, sizes: state().trySizes });
        if (!predicted) throw new StudioError('bad-photo', 'There are no files in it', 'Choose a folder with photos.');
        set({ tried: predicted });
      } catch (error) {
        // Whoever stops it knows.
        if (!(error instanceof StudioError && error.code === 'stopped')) throw error;
      } finally {
        set({ trying: null });
      }
    });
  }

  return {
    tryFiles: (files, options = {}) => attemptTrial(fromFileList(files), options),
    tryDirectory: (handle, options = {}) => attemptTrial({ kind: 'directory', handle }, options),
    async tryDrop(transfer, options = {}) {
      return attemptTrial(await readDrop(transfer), options);
    },
    async stopTrying() {
      stopped = true;
      await client.call('stopTrying', {});
    },
    chooseUnlike: (tryUnlike) => set({ tryUnlike }),
    chooseTrialSizes: (trySizes) => set({ trySizes }),
    triedPhoto: (ask) => client.call('triedPhoto', ask),
    exportTried: (what) => attempt('exporting', () => client.call('exportTried', { what })),
  };
}
