/** The photos one by one: the page's half of looking at them, checking and mending them. */
import type { StoreApi } from 'zustand/vanilla';
import { StudioError } from '../engine/base/errors';
import type { DatasetSummary } from '../engine/dataset/types';
import type { Commands } from '../protocol/messages';
import type { Measured, PhotoColumns, PhotoDetail, SeenPhotos, SimilarPhotos } from '../protocol/photos';
import { type PhotoDraft, splitSurplus } from './photoDraft';
import { afterChanges, ALL_PHOTOS, type PhotoFilter, placeOf } from './photoFilter';
import type { Failure, StudioState } from './state';
import type { WorkerClient } from './workerClient';

export interface PhotoControls {
  /** Changes which photos the grid shows. */
  filterPhotos(patch: Partial<PhotoFilter>): void;
  /** Lays class maps over the photos of the grid: of these weights at these sizes, two at most beside one another. */
  showClassMaps(measured: readonly Measured[]): void;
  /** Looks at every photo for copies, leaks and what is odd. What it has found is in the columns. */
  checkPhotos(): Promise<void>;
  stopChecking(): Promise<void>;
  /** What weights pool of the photos, the measured ones or the best: `similarPhotos` looks through it. */
  comparePhotos(measured: Measured | null): Promise<void>;
  /** Lays the photos out by what weights pool of them, the measured ones or the best. The map is then in the columns. */
  mapPhotos(measured: Measured | null): Promise<void>;
  stopMapping(): Promise<void>;
  /** Another draft of changes to photos; nothing is changed yet. */
  draftChanges(draft: PhotoDraft): void;
  /** Makes the drafted changes: the photos are opened anew with them. `counts` as the numbers of the draft count. */
  makeChanges(counts: PhotoColumns['counts']): Promise<void>;
  /** Makes the changes again that were made after the open project was kept. */
  makeLaterChanges(): Promise<void>;
  /** Takes all changes that were made back. */
  putPhotosBack(): Promise<void>;
  /** Of equal files in several splits, leaves all but those that are measured on out. */
  leaveOutCopies(): Promise<void>;
  /** Goes to the grid with these photos alone. */
  showPhotos(filter: Partial<PhotoFilter>): void;
  /** These, to the end, fail without a word in the state: the panel that asks says why. */
  photo(ask: Commands['photo']['ask']): Promise<Commands['photo']['reply']>;
  photoColumns(): Promise<PhotoColumns>;
  photoMaps(ask: Commands['photoMaps']['ask']): Promise<Commands['photoMaps']['reply']>;
  photoDetail(ask: Commands['photoDetail']['ask']): Promise<PhotoDetail>;
  seenPhotos(ask: Commands['seenPhotos']['ask']): Promise<SeenPhotos | null>;
  similarPhotos(ask: Commands['similarPhotos']['ask']): Promise<SimilarPhotos | null>;
  views(ask: Commands['views']['ask']): Promise<Commands['views']['reply']>;
}

interface Means {
  client: WorkerClient;
  store: StoreApi<StudioState>;
  /** Puts a failure into the state. */
  attempt: <T>(during: Failure['during'], act: () => Promise<T>) => Promise<T>;
  /** @throws StudioError `busy` */
  refuseWhileRunning: () => void;
  openPhotos: (name: string, list: () => Promise<DatasetSummary | null>) => Promise<void>;
}

export function photoControls({ client, store, attempt, refuseWhileRunning, openPhotos }: Means): PhotoControls {
  /** Work that the page shows meanwhile, and that can be stopped. */
  const atWork = <K extends 'checking' | 'mapping'>(key: K, begun: StudioState[K], work: () => Promise<unknown>) =>
    attempt(key, async () => {
      refuseWhileRunning();
      store.setState({ failure: null, [key]: begun });
      try {
        await work();
      } catch (error) {
        // Whoever stops it knows.
        if (!(error instanceof StudioError && error.code === 'stopped')) throw error;
      } finally {
        store.setState({ [key]: null });
      }
    });
  /** The open photos, changed: the grid goes on with what was looked at. */
  const changed = async (change: () => Promise<DatasetSummary>) => {
    const { dataset, photoFilter, gridPlace } = store.getState();
    await openPhotos(dataset?.name ?? '', change);
    const names = (summary: DatasetSummary | null) => JSON.stringify(summary?.classes.map(({ name }) => name));
    const label = names(store.getState().dataset) === names(dataset) ? photoFilter.label : null;
    const filter = afterChanges({ ...photoFilter, label });
    const isKept = (Object.keys(filter) as (keyof PhotoFilter)[]).every((key) => filter[key] === photoFilter[key]);
    store.setState({ photoFilter: filter, gridPlace: isKept ? gridPlace : 0 });
  };
  return {
    filterPhotos: (patch) =>
      store.setState(({ photoFilter }) => ({ photoFilter: { ...photoFilter, ...patch }, gridPlace: 0 })),
    showClassMaps: (measured) =>
      store.setState({ gridMaps: measured.map(({ step, resize, size }) => ({ step, resize, size })) }),
    checkPhotos: () => atWork('checking', { done: 0, of: 0 }, () => client.call('checkPhotos', {})),
    stopChecking: async () => void (await client.call('stopChecking', {})),
    comparePhotos: (measured) =>
      atWork('mapping', { part: 'features', done: 0 }, () =>
        client.call('comparePhotos', { measured, config: store.getState().config }),
      ),
    mapPhotos: (measured) =>
      atWork('mapping', { part: 'features', done: 0 }, () =>
        client.call('mapPhotos', { measured, config: store.getState().config }),
      ),
    stopMapping: async () => void (await client.call('stopMapping', {})),
    draftChanges: (photoDraft) => store.setState({ photoDraft }),
    makeChanges(counts) {
      const { photoDraft } = store.getState();
      const changes = [...photoDraft.changes].map(([photo, change]) => ({ ...placeOf(counts, photo), ...change }));
      return changed(() => client.call('editPhotos', { changes }));
    },
    makeLaterChanges() {
      const { dataset, laterEdits } = store.getState();
      const settings = { ...dataset?.settings, edits: laterEdits ?? '{}' };
      return changed(() => client.call('understand', { settings }));
    },
    putPhotosBack() {
      const { edits: _made, ...settings } = store.getState().dataset?.settings ?? {};
      return changed(() => client.call('understand', { settings }));
    },
    leaveOutCopies() {
      const copies = splitSurplus(store.getState().splitCopies);
      const changes = copies.map(({ split, index }) => ({ split, index, leaveOut: true as const }));
      return changed(() => client.call('editPhotos', { changes }));
    },
    showPhotos(filter) {
      store.setState({ photoFilter: { ...ALL_PHOTOS, ...filter }, gridPlace: 0 });
      store.setState(({ tabs }) => ({ tabs: { ...tabs, photos: 'photos' }, stage: 'photos', settingsOpen: false }));
    },
    photo: (ask) => client.call('photo', ask),
    photoColumns: () => client.call('photoColumns', {}),
    photoMaps: (ask) => client.call('photoMaps', ask),
    photoDetail: (ask) => client.call('photoDetail', ask),
    seenPhotos: (ask) => client.call('seenPhotos', ask),
    similarPhotos: (ask) => client.call('similarPhotos', ask),
    views: (ask) => client.call('views', ask),
  };
}
