/** Weights that are opened, from a file or the Hub: the page's half. */
import type { StudioConfig } from '../engine/experiments/meta';
import { ARCHITECTURES, hasFastaiHead, trunkOf } from '../engine/models/meta';
import type { HubModel, WeightsInfo } from '../protocol/weights';
import { wantsNormalization } from './hub';
import { type Failure, NO_RESULTS, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

export interface WeightControls {
  importWeights(file: File): Promise<void>;
  /** Back from opened weights to random ones: a baseline that was trained stays. */
  startFromScratch(): Promise<void>;
  /** What the Hugging Face Hub has of that name. This and `fetchModel` alone ask the network. */
  lookUp(id: string): Promise<HubModel>;
  /** Downloads a model's weights, keeps and opens them. False if it was stopped. */
  fetchModel(model: HubModel): Promise<boolean>;
  stopFetching(): Promise<void>;
  /** Which models are kept on this computer. */
  readShelf(): Promise<void>;
  openShelved(id: string): Promise<void>;
  removeShelved(id: string): Promise<void>;
}

interface Means {
  client: WorkerClient;
  state: () => StudioState;
  set: (patch: Partial<StudioState>) => void;
  attempt: <T>(during: Failure['during'], act: () => Promise<T>) => Promise<T>;
  setConfig: (patch: Partial<StudioConfig>) => void;
  /** @throws StudioError `busy` */
  refuseWhileRunning: () => void;
}

export function weightControls({ client, state, set, attempt, setConfig, refuseWhileRunning }: Means): WeightControls {
  /** Weights that the worker opens, and the network of the settings theirs. */
  function openWeights(call: () => Promise<WeightsInfo>): Promise<void> {
    return attempt('weights', async () => {
      refuseWhileRunning();
      set({ failure: null });
      const weights = await call();
      set({ ...NO_RESULTS, weights, imported: weights });
      // A baseline can only start from weights of its own trunk; fastai's head takes any.
      const opened = ARCHITECTURES.find((arch) => arch === weights.arch);
      const wanted = state().config.arch;
      if (opened) setConfig({ arch: hasFastaiHead(wanted) ? `${trunkOf(opened)}-fastai` : opened });
    });
  }

  const controls: WeightControls = {
    importWeights: (file) => openWeights(() => client.call('importWeights', { file, name: file.name })),
    startFromScratch: () =>
      attempt('weights', async () => {
        refuseWhileRunning();
        const { cleared } = await client.call('closeWeights', {});
        set({ imported: null, ...(cleared && NO_RESULTS) });
      }),
    lookUp: (id) =>
      attempt('hub', () => {
        set({ failure: null });
        return client.call('lookUp', { id });
      }),
    async fetchModel(model) {
      try {
        set({ failure: null });
        const { ended } = await attempt('hub', () => client.call('download', { model }));
        if (ended === 'stopped') return false;
      } finally {
        await controls.readShelf();
      }
      await controls.openShelved(model.id);
      return true;
    },
    stopFetching: () => attempt('hub', async () => void (await client.call('stopDownload', {}))),
    readShelf: async () => set({ shelf: await client.call('shelf', {}).catch(() => []) }),
    async openShelved(id) {
      await openWeights(() => client.call('openShelved', { id }));
      if (wantsNormalization(id)) setConfig({ normalize: true });
    },
    removeShelved: (id) =>
      attempt('hub', async () => {
        await client.call('removeShelved', { id });
        await controls.readShelf();
      }),
  };
  return controls;
}
