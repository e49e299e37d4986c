/**
 * The shelf on disk: a folder a model in the origin's private file system, with the file and what is known of it. Only
 * workers may write there in every browser.
 */
import { StudioError } from '../../../engine/base/errors';
import type { HubModel, ShelvedModel } from '../../../protocol/weights';
import type { Shelf } from './hub';

const SHELF = 'hub';
const [FILE, ABOUT] = ['weights', 'about.json'];

type About = HubModel & { checked: boolean };

const shelf = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(SHELF, { create: true });
/** "owner/name" as a folder's name; neither part may have two dashes in a row. */
const folderName = (id: string) => id.replace('/', '--');

export const hubCache = {
  async take(model: HubModel) {
    const folder = await (await shelf()).getDirectoryHandle(folderName(model.id), { create: true });
    const known = await aboutOf(folder);
    const handle = await folder.getFileHandle(FILE, { create: true });
    if (known?.sha256 !== model.sha256) await write(folder, { ...model, checked: false });
    const stored = known?.sha256 === model.sha256 ? await handle.getFile() : new Blob();
    // A copy: the file itself may not be read while it is open for writing.
    const before = new Blob([await stored.arrayBuffer()]);
    const access = await handle.createSyncAccessHandle();
    access.truncate(before.size);
    return {
      stored: before,
      append(bytes) {
        const written = access.write(bytes, { at: access.getSize() });
        if (written !== bytes.length) throw new DOMException('the disk is full', 'QuotaExceededError');
      },
      empty: () => access.truncate(0),
      complete: async () => {
        access.flush();
        await write(folder, { ...model, checked: true });
      },
      close: () => access.close(),
    };
  },

  async list(): Promise<ShelvedModel[]> {
    const models: ShelvedModel[] = [];
    for await (const folder of (await shelf()).values()) {
      if (folder.kind !== 'directory') continue;
      const about = await aboutOf(folder);
      const file = await fileOf(folder);
      if (about && file) models.push({ ...about, storedBytes: file.size });
    }
    return models.sort((a, b) => (a.id < b.id ? -1 : 1));
  },

  /** @throws StudioError `bad-weights` where it is not whole. */
  async open(id: string): Promise<{ file: File; licence: string | null }> {
    const folder = await (await shelf()).getDirectoryHandle(folderName(id)).catch(() => null);
    const about = folder && (await aboutOf(folder));
    const file = folder && about?.checked ? await fileOf(folder) : null;
    if (!file) throw new StudioError('bad-weights', `${id} is not kept here`, 'Download it first.');
    return { file, licence: about?.licence ?? null };
  },

  async remove(id: string): Promise<void> {
    await (await shelf()).removeEntry(folderName(id), { recursive: true });
  },
} satisfies Shelf & Record<string, unknown>;

async function fileOf(folder: FileSystemDirectoryHandle, name = FILE): Promise<File | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

async function aboutOf(folder: FileSystemDirectoryHandle): Promise<About | null> {
  try {
    return JSON.parse((await (await fileOf(folder, ABOUT))?.text()) ?? '') as About;
  } catch {
    // The page was closed before it was written.
    return null;
  }
}

async function write(folder: FileSystemDirectoryHandle, about: About): Promise<void> {
  const access = await (await folder.getFileHandle(ABOUT, { create: true })).createSyncAccessHandle();
  access.truncate(0);
  access.write(new TextEncoder().encode(JSON.stringify(about)));
  access.close();
}
