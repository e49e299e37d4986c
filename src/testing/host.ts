/** A host without files or a screen, for tests of sessions: any path is a photo of three colours. */
import type { Host, PhotoDecoder } from '../session/host';
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
    openFolder: () => Promise.reject(new Error('There are no folders')),
    openSample: () => {
      throw new Error('There is no sample');
    },
    openPhotos: patternDecoder,
    stayAwake: () => () => undefined,
    runForeign: () => Promise.reject(new Error('There are no other programs')),
    ...changes,
  };
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
    dispose: () => undefined,
  };
}
