/**
 * The built page opens without a network after the first visit: a service worker with the list of what a visit needs. Files
 * with a hash in their names never change, and servers may say so; `npm start`'s does.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What only some visits need, and is large: it is kept once it was asked for. */
const ON_DEMAND = /\.(wasm|map)$/;
const LARGEST_BYTES = 1_500_000;
const PUBLIC = ['favicon.svg', 'manifest.webmanifest'];

/** @returns {import('vite').Plugin} */
export function offlinePage() {
  return {
    name: 'offline-page',
    apply: ({ mode }, { command, isPreview }) => mode === 'production' && (command === 'build' || isPreview === true),
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url?.includes('/assets/'))
          response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
        next();
      });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const hashed = Object.values(bundle)
          .filter((file) => !ON_DEMAND.test(file.fileName) && Buffer.byteLength(textOf(file)) < LARGEST_BYTES)
          .map(({ fileName }) => fileName)
          .filter((name) => name.startsWith('assets/'));
        const files = ['./', ...PUBLIC, ...hashed.sort()];
        const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12);
        const source = readFileSync(new URL('offlineWorker.js', import.meta.url), 'utf8')
          .replace("['FILES']", JSON.stringify(files))
          .replace('VERSION', version);
        this.emitFile({ type: 'asset', fileName: 'offline.js', source });
      },
    },
  };
}

/** @param {{ code: string } | { source: string | Uint8Array }} file */
const textOf = (file) => ('code' in file ? file.code : file.source);
