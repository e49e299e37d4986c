/** A session in Node on Dawn, without a browser. */
import { openAsBlob } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseStudioConfig, type StudioConfig } from '../engine/experiments/meta';
import { pathSource } from '../hosts/node/folderSource';
import { openNodeStudio } from '../hosts/node/studio';
import type { NamedFile } from '../protocol/messages';
import { lastLeft } from '../protocol/projects';
import type { Engine } from './engine';
import { StudioError } from '../engine/base/errors';

const POLL_MS = 100;

/** @param folder For what is kept between sessions. */
export async function nodeEngine(folder: string): Promise<Engine> {
  const { session, told } = await openNodeStudio(folder);
  const adapter = await session.connect();
  let config: StudioConfig = parseStudioConfig({});
  return {
    adapter,
    died: new Promise<never>(() => undefined),
    kept: async () => lastLeft(await session.projects()),
    async openPhotos({ folder: data, settings, again }) {
      if (data === null) await session.openSample({ again });
      else await session.openDirectory({ handle: data, settings, again });
      return told().dataset;
    },
    async configure(preset, settings) {
      config = parseStudioConfig(settings, preset);
    },
    async openWeights(init) {
      if ('hub' in init) throw new StudioError('no-network', 'The Hub is asked by a browser alone');
      return session.importWeights({ file: await openAsBlob(init.file), name: path.basename(init.file) });
    },
    start: async (run) => void (await session.start({ run, config })),
    planQueue: (runs, seeds) => session.planQueue({ runs, config, seeds }),
    enqueue: async (runs, seeds) => void (await session.enqueue({ runs, config, seeds })),
    queue: async () => told().queue.runs,
    startNext: async () => void (await session.runQueue({ most: 1 })),
    goOn: async () => void (await session.goOn({ most: 1 })),
    seeds: async () => told().seeds,
    async status(run) {
      const { progress, results, dataset, warnings, splitCopies } = told();
      const { baseline = null, sweep = null, finetune = null } = results;
      return {
        progress,
        result: results[run] ?? null,
        steps: { baseline, sweep, finetune },
        dataset,
        warnings,
        splitCopies,
      };
    },
    stop: async () => void (await session.stop()),
    async pauseSaved() {
      const before = told().saved;
      // A run that is only beginning does not hear it yet.
      for (; told().saved === before; await sleep(POLL_MS)) await session.pause();
      return told().saved?.failure === null;
    },
    mapPhotos: async () => void (await session.room.similarity.mapPhotos({ measured: null, config })),
    async write(what, file) {
      const { blob } = await session.exportFile({ what });
      await writeFile(file, blob.stream());
    },
    trainElsewhere: async () => (await session.trainElsewhere({ config })).blob,
    importResults: async (folder) => (await session.importResults({ files: await namedFiles(folder) })).runs,
    model: (format, how) => session.exportModel({ format, ...how }),
    async tryPhotos(target, sizes) {
      const options = { config, unlike: false, sizes };
      const predicted = (await stat(target)).isDirectory()
        ? await session.trials.tryDirectory({ ...options, handle: target })
        : await session.trials.tryFiles({ ...options, name: '', files: [await namedFile(target)], last: true });
      return predicted && { ...predicted, photos: predicted.photos.length };
    },
    async writeTried(what, file) {
      const { blob } = await session.trials.exportTried({ what });
      await writeFile(file, blob.stream());
    },
    close: async () => undefined,
  };
}

async function namedFiles(folder: string): Promise<NamedFile[]> {
  const source = await pathSource(folder);
  return Promise.all(
    source.paths.map(async (one) => ({ path: one, file: new File([await source.read(one)], path.basename(one)) })),
  );
}

async function namedFile(file: string): Promise<NamedFile> {
  const name = path.basename(file);
  return { path: name, file: new File([await openAsBlob(file)], name) };
}
