/** Node as a session's host: Dawn, files, sharp. */
import process from 'node:process';
import path from 'node:path';
import { StudioError } from '../../engine/base/errors';
import type { Host } from '../../session/host';
import { onlyProject } from '../../session/store/onlyProject';
import { blobStore } from './blobStore';
import { NodeDecoder } from './decoder';
import { pathSource } from './folderSource';
import { slotFolder } from './slotFolder';
import { valueStore } from './valueStore';

const IN_A_BROWSER = 'Use the browser’s engine: leave out --engine node.';

/** @param folder For what is kept between sessions. */
export function nodeHost(webgpu: GPU | undefined, folder: string): Host {
  return {
    about: `Node ${process.versions.node}, Dawn`,
    webgpu,
    clock: { now: () => performance.now(), date: () => new Date() },
    values: valueStore(path.join(folder, 'values.json')),
    projects: onlyProject(slotFolder(path.join(folder, 'state'))),
    copies: blobStore(path.join(folder, 'smaller-copies')),
    async openFolder(where, onFiles) {
      if (typeof where !== 'string') throw new Error('Node opens folders by their paths');
      const source = await pathSource(where);
      onFiles(source.paths.length);
      return source;
    },
    openSample() {
      throw new StudioError('bad-dataset', 'The sample is drawn by a browser alone', IN_A_BROWSER);
    },
    openPhotos: (source) => new NodeDecoder(source),
    stayAwake: () => () => undefined,
    pageProgram: async () => (await import('../page/main.ts?program')).default,
    runForeign: ({ format }) => Promise.reject(new Error(`${format} files are tried in a browser alone`)),
  };
}
