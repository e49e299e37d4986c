/** A host without files or a screen, for tests of sessions: any path is a photo of three colours. */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Host, PhotoDecoder } from '../session/host';
import type { Commands, StudioEvent } from '../protocol/messages';
import { lastLeft, type LeftProject } from '../protocol/projects';
import type { Session } from '../session/session';
import { onlyProject } from '../session/store/onlyProject';
import { MemoryFolder } from './memoryFolder';
import { patternLoader } from './patterns';

/** @param webgpu What it has for a GPU. */
export function testHost(webgpu: GPU | undefined, changes: Partial<Host> = {}): Host {
  const kept = new Map<string, string>();
  return {
    about: 'test',
    webgpu,
    clock: { now: () => performance.now(), date: () => new Date() },
    values: {
      load: (key) => Promise.resolve(kept.get(key) ?? null),
      save: async (key, text) => void kept.set(key, text),
      clear: async () => kept.clear(),
    },
    copies: {
      get: () => Promise.resolve(null),
      put: () => Promise.resolve(),
      remove: () => Promise.resolve(),
      stored: () => Promise.resolve({ count: 0, bytes: 0 }),
      clear: () => Promise.resolve(),
      freeBytes: () => Promise.resolve(null),
    },
    projects: onlyProject(new MemoryFolder().asOnly),
    openFolder: () => Promise.reject(new Error('There are no folders')),
    openSample: () => {
      throw new Error('There is no sample');
    },
    openPhotos: patternDecoder,
    stayAwake: () => () => undefined,
    pageProgram: () => Promise.resolve('/* a program */'),
    runForeign: () => Promise.reject(new Error('There are no other programs')),
    ...changes,
  };
}

/** The kept project that would be taken up next; null where there is none, or the session works on it. */
export const leftIn = async (session: Pick<Session, 'projects'>): Promise<LeftProject | null> =>
  lastLeft(await session.projects());

/** How every JPEG begins: photos are known by their bytes, and nothing looks further into these. */
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46);

/** A folder of so many photos of each of two classes, as a page hands it over. */
export function folderOf(name: string, each = 3): Commands['openFiles']['ask'] {
  const paths = ['a', 'b'].flatMap((letter) => Array.from({ length: each }, (_, i) => `${letter}/${i + 1}.jpg`));
  return { name, files: paths.map((path) => ({ path, file: new File([JPEG], path) })), last: true };
}

/** The first event of a kind that is told from now on. */
export class EventLog {
  readonly events: StudioEvent[] = [];
  private readonly waiting = new Set<(event: StudioEvent) => void>();

  readonly emit = (event: StudioEvent): void => {
    this.events.push(event);
    for (const wake of this.waiting) wake(event);
  };

  next(is: (event: StudioEvent) => boolean): Promise<StudioEvent> {
    return new Promise((resolve) => {
      const wake = (event: StudioEvent) => {
        if (!is(event)) return;
        this.waiting.delete(wake);
        resolve(event);
      };
      this.waiting.add(wake);
    });
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }
}

/** By the first letter of a photo's path: a, b, c are red, green and blue. */
function patternDecoder(): PhotoDecoder {
  const loader = patternLoader();
  return {
    respectExif: false,
    finish: 'rgba',
    load(path, ...how) {
      how[2].throwIfAborted();
      return loader.load(`${path}/${Math.max(0, 'abc'.indexOf(path[0]!))}`, ...how);
    },
    thumbnail: () => Promise.resolve(new Blob()),
    copy: () => Promise.resolve(null),
    header: () => Promise.resolve({ type: 'image/jpeg', width: 44, height: 38, orientation: 1 }),
    // Each its own picture.
    inspect: (path) => {
      const [high = 0, low = 0] = new Uint32Array(sha256(new TextEncoder().encode(path)).buffer);
      const hash = [high, low] as const;
      return Promise.resolve({
        width: 44,
        height: 38,
        hash,
        fingerprint: hash,
        greys: new Uint8Array(72).map((_, i) => (i * (path.length + 3) * 7) % 256),
        brightness: 120,
        contrast: 40,
        sharpness: 900,
      });
    },
    dispose: () => undefined,
  };
}
