/** The browser, as a session sees it from its worker. */
import type { Host } from '../../session/host';
import { blobStore } from './blobStore';
import { choiceStore } from './choiceStore';
import { DecodePool } from './photos/decodePool';
import { projectFolders } from './projectFolders';
import { runForeign } from './runtimes/runForeign';
import { directorySource } from './sources/directorySource';
import { sampleSource } from './sources/sampleSource';

export const browserHost: Host = {
  about: navigator.userAgent,
  webgpu: navigator.gpu,
  clock: { now: () => performance.now(), date: () => new Date() },
  values: choiceStore,
  projects: projectFolders,
  copies: blobStore('smaller-copies'),
  openFolder(folder, onFiles) {
    if (typeof folder === 'string') throw new Error('A browser opens no folder by its path');
    return directorySource(folder, onFiles);
  },
  openSample: sampleSource,
  openPhotos: (source) => new DecodePool(source),
  stayAwake: holdLock,
  pageProgram: async () => (await import('../page/main.ts?program')).default,
  runForeign,
};

/** A Web Lock keeps browsers from freezing the page while it trains in the background. */
function holdLock(): () => void {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  void navigator.locks.request('fixres-studio-run', { mode: 'shared' }, () => released);
  return release;
}
