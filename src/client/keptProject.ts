/** The project that an earlier visit has left, taken up again; and the page's part in keeping this one. */
import type { StoreApi } from 'zustand/vanilla';
import { openDatabase } from '../protocol/database';
import type { StudioState } from './state';
import type { WorkerClient } from './workerClient';

const STORE = 'handles';
const PHOTOS = 'photos';

/** What browsers let be asked of a handle, missing from TypeScript's own types. */
type AskableHandle = FileSystemDirectoryHandle & {
  requestPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
};

/** The folder that a kept project's photos were opened from; null where the browser has none, or no leave to read it. */
export async function keptFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const handle = (await (await openDatabase()).get(STORE, PHOTOS)) as AskableHandle | undefined;
    if (!handle) return null;
    const allowed = (await handle.requestPermission?.({ mode: 'read' })) ?? 'granted';
    return allowed === 'granted' ? handle : null;
  } catch {
    return null;
  }
}

/** Of what was opened by no handle, none is kept. A browser that refuses just forgets. */
async function keepFolder(handle: FileSystemDirectoryHandle | null): Promise<void> {
  try {
    const db = await openDatabase();
    await (handle ? db.put(STORE, handle, PHOTOS) : db.delete(STORE, PHOTOS));
  } catch {
    // The folder has to be chosen again, then.
  }
}

/**
 * Finds out what is left, once there is a GPU; keeps the folder whose photos a run is made on, since the project that is
 * kept is then made of them; and has the run saved before the page may be gone.
 */
export function keepProject(
  store: StoreApi<StudioState>,
  client: WorkerClient,
  openedFolder: () => FileSystemDirectoryHandle | null,
): void {
  store.subscribe((now, before) => {
    if (now.machine.status === 'ready' && before.machine.status !== 'ready') void ask();
    if (now.run.state === 'idle' || before.run.state !== 'idle') return;
    store.setState({ left: null, forgotten: null });
    void keepFolder(openedFolder());
  });
  if (typeof document === 'undefined') return;
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && store.getState().run.state !== 'idle')
      client.call('save', {}).catch(() => undefined);
  });

  async function ask(): Promise<void> {
    const left = await client.call('keptProject', {}).catch(() => null);
    if (store.getState().run.state === 'idle') store.setState({ left });
    if (!left || !('storage' in navigator)) return;
    const lasts = await navigator.storage.persisted().catch(() => null);
    store.setState(({ saved }) => ({ saved: { ...saved, lasts: saved.lasts ?? lasts } }));
  }
}
