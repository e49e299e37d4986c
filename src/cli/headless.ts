/**
 * `npm run headless`: the studio without a window. Opens the built page in a browser, gives it a folder, runs the
 * steps through the page's own code, and writes what came of it. Exit codes: 0 done, 1 failed, 2 wrong arguments,
 * 130 stopped by Ctrl-C.
 */
import path from 'node:path';
import process from 'node:process';
import type { ExportKind } from '../protocol/messages';
import { StudioError } from '../engine/base/errors';
import type { DatasetSettings } from '../engine/dataset/settings';
import { type RunId, startsAnew } from '../engine/experiments/meta';
import {
  callersFolder,
  type HeadlessOptions,
  type InspectOptions,
  parseHeadlessOptions,
  parseInspectOptions,
  USAGE,
  UsageError,
} from './headlessOptions';
import { refusalError } from '../words/dataset';
import { inspect } from '../hosts/node/inspect';
import { exportModels } from './exportModels';
import { adapterLine, datasetLines, fetchLine, hubLine } from './report';
import { formatDuration } from '../words/format';
import { attempt, chooseFiles, openStudio, type StudioPage } from './studioPage';
import { StatusLine, watchRun } from './watchRun';

/** A terminal and npm may each deliver one Ctrl-C; a second press comes later than that. */
const SECOND_PRESS_MS = 2000;

export async function main(args: string[]): Promise<number> {
  let options: HeadlessOptions;
  try {
    const inspection = parseInspectOptions(args, callersFolder());
    if (inspection) return await printInspection(inspection);
    options = parseHeadlessOptions(args, callersFolder());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  let studioPage: StudioPage | undefined;
  try {
    studioPage = await openStudio();
    return await work(studioPage, options);
  } catch (error) {
    printError(error);
    return 1;
  } finally {
    await studioPage?.close();
  }
}

/** One JSON object and nothing else. */
async function printInspection({ inspect: target, settings }: InspectOptions): Promise<number> {
  const found = await inspect(target, settings);
  console.log(JSON.stringify(found, null, 2));
  return found.refusal === null ? 0 : 1;
}

async function work(studioPage: StudioPage, options: HeadlessOptions): Promise<number> {
  console.log(adapterLine(studioPage.adapter));
  await openPhotos(studioPage, options.data, options.dataset);
  await studioPage.studio.evaluate(
    (studio, { preset, settings }) => {
      studio.applyPreset(preset);
      studio.setConfig(settings);
    },
    { preset: options.preset, settings: options.settings },
  );
  if (options.init !== null) await importWeights(studioPage, options.init);

  const startedAt = Date.now();
  const stop = stopOnInterrupt(studioPage);
  let failed = false;
  try {
    for (const run of options.runs) if (!stop.requested()) await watchRun(studioPage, run);
  } catch (error) {
    failed = true;
    printError(error);
  }
  const stopped = stop.requested();
  stop.dispose();
  // Before the figures, which tell what the files were found to say.
  const exported =
    stopped || failed || !options.exports || (await exportModels(studioPage, options.out, options.exports));
  const written = await writeResults(studioPage, options.out, options.runs, failed || stopped);
  console.log(
    `${failed ? 'failed' : stopped ? 'stopped' : 'done'} after ${formatDuration((Date.now() - startedAt) / 1000)}`,
  );
  if (failed || !written || !exported) return 1;
  return stopped ? 130 : 0;
}

async function openPhotos(studioPage: StudioPage, folder: string | null, settings: DatasetSettings): Promise<void> {
  const { studio } = studioPage;
  const status = new StatusLine();
  const watch = setInterval(() => {
    studio
      .evaluate((s) => s.store.getState().opening?.files ?? 0)
      .then(
        (files) => status.show(`listing photos: ${files} files`),
        () => undefined,
      );
  }, 1000);
  try {
    const files = folder === null ? null : await chooseFiles(studioPage, folder, true);
    await attempt(
      studioPage,
      studio.evaluate((s, chosen) => (chosen ? s.openFiles(chosen) : s.openSample()), files),
    );
    if (Object.keys(settings).length > 0)
      await attempt(
        studioPage,
        studio.evaluate((s, decided) => s.understand(decided), settings),
      );
  } finally {
    clearInterval(watch);
    status.clear();
  }
  const dataset = await studio.evaluate((s) => s.store.getState().dataset);
  if (!dataset) throw new StudioError('bad-dataset', 'No photos were loaded');
  for (const line of datasetLines(dataset)) console.log(line);
  if (dataset.refusal) throw refusalError(dataset.refusal);
}

async function importWeights(studioPage: StudioPage, init: { file: string } | { hub: string }): Promise<void> {
  if ('hub' in init) await fetchFromHub(studioPage, init.hub);
  else {
    const files = await chooseFiles(studioPage, init.file, false);
    await attempt(
      studioPage,
      studioPage.studio.evaluate((s, [weights]) => (weights ? s.importWeights(weights) : undefined), files),
    );
  }
  const weights = await studioPage.studio.evaluate((s) => s.store.getState().weights);
  console.log(`weights: ${weights?.arch}, ${weights?.origin}`);
}

async function fetchFromHub(studioPage: StudioPage, id: string): Promise<void> {
  const { studio } = studioPage;
  const status = new StatusLine();
  const looked = studio.evaluateHandle((s, name) => s.lookUp(name), id);
  await attempt(studioPage, looked);
  const model = await looked;
  console.log(hubLine(await model.jsonValue()));
  const watch = setInterval(() => {
    studio
      .evaluate((s) => s.store.getState().fetching)
      .then(
        (progress) => progress && status.show(fetchLine(progress)),
        () => undefined,
      );
  }, 1000);
  try {
    await attempt(
      studioPage,
      studio.evaluate((s, found) => s.fetchModel(found), model),
    );
  } finally {
    clearInterval(watch);
    status.clear();
  }
}

/** The first Ctrl-C stops the run, the next ends the program at once. */
function stopOnInterrupt({ studio }: StudioPage) {
  let requestedAt: number | null = null;
  const onInterrupt = () => {
    if (requestedAt !== null) {
      if (Date.now() - requestedAt > SECOND_PRESS_MS) process.exit(130);
      return;
    }
    requestedAt = Date.now();
    console.error('\nStopping; what was trained will be written. Ctrl-C again ends at once.');
    studio.evaluate((s) => s.stop()).catch(printError);
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return {
    requested: () => requestedAt !== null,
    dispose: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    },
  };
}

type ResultKind = Extract<ExportKind, 'metrics' | 'weights' | 'predictions'>;

const FILE_NAMES: Record<ResultKind, string> = {
  metrics: 'metrics.json',
  weights: 'weights.safetensors',
  predictions: 'predictions.csv',
};

/** The runs after which there must be such a file. */
const LEAVES: Record<Exclude<ResultKind, 'metrics'>, (run: RunId) => boolean> = {
  weights: (run) => run === 'baseline' || !startsAnew(run),
  predictions: (run) => LEAVES.weights(run) && run !== 'sweep',
};

/**
 * Writes each file that there is something for. After a cut-short run a missing one is told, not an error.
 * @returns Whether everything that had to be was written.
 */
async function writeResults(
  studioPage: StudioPage,
  folder: string,
  runs: readonly RunId[],
  cutShort: boolean,
): Promise<boolean> {
  const kinds: ResultKind[] = ['metrics', 'weights', 'predictions'];
  let complete = true;
  for (const kind of kinds) {
    const file = path.join(folder, FILE_NAMES[kind]);
    try {
      const download = studioPage.page.waitForEvent('download', { timeout: 0 });
      await attempt(
        studioPage,
        Promise.all([studioPage.studio.evaluate((s, what) => s.download(what), kind), download]),
      );
      await (await download).saveAs(file);
      console.log(`wrote ${file}`);
    } catch (error) {
      if (kind !== 'metrics' && !runs.some((run) => LEAVES[kind](run))) continue;
      complete = false;
      console.error(`${FILE_NAMES[kind]} was not written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return complete || cutShort;
}

function printError(error: unknown): void {
  if (error instanceof StudioError) console.error(`Error: ${error.message}${error.hint ? `\n${error.hint}` : ''}`);
  else console.error(error);
}
