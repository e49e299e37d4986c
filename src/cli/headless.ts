/**
 * `npm run headless`: the studio without a window. Gives the built page in a browser, or a session in Node, a folder, runs
 * the steps and writes what came of it. Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 stopped by Ctrl-C.
 */
import path from 'node:path';
import process from 'node:process';
import type { QueuePlan } from '../protocol/messages';
import { StudioError } from '../engine/base/errors';
import { type RunId, startsAnew } from '../engine/experiments/meta';
import {
  callersFolder,
  type HeadlessOptions,
  type InspectOptions,
  parseHeadlessOptions,
  parseInspectOptions,
  parsePredictOptions,
  parseResume,
  type ResumeOptions,
  UsageError,
} from './headlessOptions';
import { refusalError } from '../words/dataset';
import { seedLines } from '../words/seeds';
import { inspect } from '../hosts/node/inspect';
import type { Engine } from './engine';
import { exportModels } from './exportModels';
import { predict } from './predict';
import { PROJECT, readOptions, saveOptions } from './projectFolder';
import { adapterLine, datasetLines, errorLines, planLines } from './report';
import { FILE_NAMES, leftSentence, type ResultKind, resultsIn } from './resultFiles';
import { formatDuration, shellWord } from '../words/format';
import { StatusLine } from './statusLine';
import { USAGE } from './usage';
import { watchRun } from './watchRun';

/** A terminal and npm may each deliver one Ctrl-C; a second press comes later than that. */
const SECOND_PRESS_MS = 2000;

export async function main(args: string[]): Promise<number> {
  let options: HeadlessOptions;
  let resumed: ResumeOptions | null;
  try {
    const inspection = parseInspectOptions(args, callersFolder());
    if (inspection) return await printInspection(inspection);
    const prediction = parsePredictOptions(args, callersFolder());
    if (prediction) return await onEngine(prediction, null, (engine) => predict(engine, prediction));
    resumed = parseResume(args, callersFolder());
    options = resumed ? await readOptions(resumed.out) : parseHeadlessOptions(args, callersFolder());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return misused(error);
  }
  const goesOn = resumed !== null;
  if (resumed?.engine && resumed.engine !== options.engine) {
    try {
      options = await (await import('./engineSwitch')).switchEngine(options, resumed.engine);
    } catch (error) {
      if (error instanceof UsageError) return misused(error);
      printError(error);
      return 1;
    }
  }
  const project = path.join(options.out, PROJECT);
  return onEngine(options, project, (engine) => work(engine, options, goesOn));
}

/** @param project Where a browser keeps what it does; nowhere if null. */
async function onEngine(
  options: Pick<HeadlessOptions, 'engine' | 'out'>,
  project: string | null,
  act: (engine: Engine) => Promise<number>,
): Promise<number> {
  let engine: Engine | undefined;
  try {
    engine = await openEngine(options, project);
    return await act(engine);
  } catch (error) {
    printError(error);
    return 1;
  } finally {
    await engine?.close();
  }
}

/** Only what is chosen is loaded: a browser's driver, or Dawn. */
async function openEngine(
  { engine, out }: Pick<HeadlessOptions, 'engine' | 'out'>,
  project: string | null,
): Promise<Engine> {
  if (engine === 'node') return (await import('./nodeEngine')).nodeEngine(path.join(out, PROJECT));
  const { openStudio } = await import('./studioPage');
  const { browserEngine } = await import('./browserEngine');
  return browserEngine(await openStudio({ folder: project }));
}

/** One JSON object and nothing else. */
async function printInspection({ inspect: target, settings }: InspectOptions): Promise<number> {
  const found = await inspect(target, settings);
  console.log(JSON.stringify(found, null, 2));
  return found.refusal === null ? 0 : 1;
}

/** `again`: what an earlier program has begun in the same folder goes on. */
async function work(engine: Engine, options: HeadlessOptions, again: boolean): Promise<number> {
  console.log(adapterLine(engine.adapter));
  const before = await resultsIn(options.out);
  const left = await engine.kept();
  if (!again && left?.running) throw interrupted(options.out, left.running.run);
  const kept = again ? left : null;
  await openPhotos(engine, { folder: options.data, settings: options.dataset, again: kept?.id });
  await engine.configure(options.preset, options.settings);
  if (options.init !== null && !kept) {
    const weights = await engine.openWeights(options.init);
    console.log(`weights: ${weights?.arch}, ${weights?.origin}`);
  }
  if (options.imports !== null && !kept) {
    const runs = await engine.importResults(options.imports);
    console.log(`results: ${runs.join(', ')}`);
  }
  await saveOptions(options);
  if (!kept) {
    await engine.enqueue(options.runs, options.seeds);
    for (const line of planLines(await planOf(engine, options))) console.log(line);
  }

  const startedAt = Date.now();
  const interrupt = leaveOnInterrupt(engine);
  let failed = false;
  try {
    if (kept?.running) await watchRun(engine, kept.running.run, () => engine.goOn(), interrupt.left);
    for (let [next] = await engine.queue(); next && !interrupt.requested(); [next] = await engine.queue())
      await watchRun(engine, next.run, () => engine.startNext(), interrupt.left);
  } catch (error) {
    failed = true;
    printError(error);
  }
  const stopped = interrupt.requested();
  interrupt.dispose();
  const more = stopped && (await engine.queue()).length > 0;
  const study = await engine.seeds();
  for (const line of study ? seedLines(study) : []) console.log(line);
  // Before the figures, which tell what the files were found to say.
  const exported = stopped || failed || !options.exports || (await exportModels(engine, options.out, options.exports));
  const written = await writeResults(engine, options.out, { ...options, cutShort: failed || stopped });
  const older = leftSentence(before, await resultsIn(options.out));
  if (older !== null) console.log(older);
  console.log(
    `${failed ? 'failed' : stopped ? 'stopped' : 'done'} after ${formatDuration((Date.now() - startedAt) / 1000)}`,
  );
  if (more) console.log(`To go on: npm run headless -- --resume ${shellWord(options.out)}`);
  if (failed || !written || !exported) return 1;
  return stopped ? 130 : 0;
}

/** Null where it cannot be told before: a run stands on what another one has yet to make. */
async function planOf(engine: Engine, { runs, seeds }: HeadlessOptions): Promise<QueuePlan | null> {
  return engine.planQueue(runs, seeds).catch(() => null);
}

async function openPhotos(engine: Engine, photos: Parameters<Engine['openPhotos']>[0]): Promise<void> {
  const status = new StatusLine();
  const onFiles = (files: number) => status.show(`listing photos: ${files} files`);
  const dataset = await engine.openPhotos(photos, onFiles).finally(() => status.clear());
  if (!dataset) throw new StudioError('bad-dataset', 'No photos were loaded');
  for (const line of datasetLines(dataset)) console.log(line);
  if (dataset.refusal) throw refusalError(dataset.refusal);
}

function interrupted(folder: string, run: RunId): StudioError {
  return new StudioError(
    'busy',
    `${folder} holds a ${run} that was interrupted`,
    `Go on with it: npm run headless -- --resume ${shellWord(folder)}. Or choose another folder, or delete ${path.join(folder, PROJECT)}.`,
  );
}

/**
 * The first Ctrl-C leaves the run as it stands, saved, to be gone on with; or stops it where it cannot be saved. The next ends
 * the program at once.
 */
function leaveOnInterrupt(engine: Engine) {
  let requestedAt: number | null = null;
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const saveOrStop = async () => {
    if (await engine.pauseSaved()) return leave();
    console.error('It cannot be saved, so it is stopped.');
    await engine.stop();
  };
  const onInterrupt = () => {
    if (requestedAt !== null) {
      if (Date.now() - requestedAt > SECOND_PRESS_MS) process.exit(130);
      return;
    }
    requestedAt = Date.now();
    console.error('\nSaving the run; what was trained will be written. Ctrl-C again ends at once.');
    saveOrStop().catch(printError);
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return {
    left,
    requested: () => requestedAt !== null,
    dispose: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    },
  };
}

/** The runs after which there must be such a file. */
const LEAVES: Record<Extract<ResultKind, 'weights' | 'predictions'>, (run: RunId) => boolean> = {
  weights: (run) => run === 'baseline' || !startsAnew(run),
  predictions: (run) => LEAVES.weights(run) && run !== 'sweep',
};

/**
 * Writes each file that there is something for. After a cut-short run a missing one is told, not an error.
 * @returns Whether everything that had to be was written.
 */
async function writeResults(
  engine: Engine,
  folder: string,
  { runs, report, map, cutShort }: { runs: readonly RunId[]; report: boolean; map: boolean; cutShort: boolean },
): Promise<boolean> {
  const kinds: ResultKind[] = ['metrics', 'weights', 'predictions'];
  if (report) kinds.push('report');
  if (map && !cutShort) kinds.push('map');
  let complete = true;
  for (const kind of kinds) {
    const file = path.join(folder, FILE_NAMES[kind]);
    try {
      if (kind === 'map') await engine.mapPhotos();
      await engine.write(kind, file);
      console.log(`wrote ${file}`);
    } catch (error) {
      if ((kind === 'weights' || kind === 'predictions') && !runs.some((run) => LEAVES[kind](run))) continue;
      complete = false;
      console.error(`${FILE_NAMES[kind]} was not written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return complete || cutShort;
}

function misused({ message }: UsageError): number {
  console.error(`${message}\n\n${USAGE}`);
  return 2;
}

function printError(error: unknown): void {
  if (error instanceof StudioError) console.error(`Error: ${errorLines(error)}`);
  else console.error(error);
}
