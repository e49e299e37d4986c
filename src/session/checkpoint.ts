/** Weights in memory with all that made them: the settings, photos, view and earlier weights, from the first on. */
import { isFitted } from '../engine/analysis/calibration';
import { StudioError } from '../engine/base/errors';
import type { Score } from '../engine/base/records';
import type { Dataset, EditSummary } from '../engine/dataset/types';
import { parseStudioConfig, type RunId, RUNS, type StudioConfig, withPresentNames } from '../engine/experiments/meta';
import { ownView } from '../engine/experiments/views';
import type { Architecture } from '../engine/models/meta';
import type { HostState } from '../engine/nn/state';
import type { EvalView } from '../engine/photo/view';
import type { ReadWeights } from '../engine/train/checkpoint';
import type { Evaluation } from '../engine/train/evaluate';
import { makerIn, type TestView, type WeightsInfo, type WeightsOrigin } from '../protocol/weights';
import { licenceOf } from '../words/licence';
import { temperatureOn } from './temperature';

export interface Checkpoint {
  arch: Architecture;
  classes: readonly string[];
  state: HostState;
  /** The oldest first; the last is what made these. Never empty. */
  history: readonly WeightsOrigin[];
  /** In the view that chose them, or that they were measured in last; null before they were measured. */
  evaluation: Evaluation | null;
}

/** What a run adds to the history of the weights that it makes. */
export function originOf(
  { run, config, dataset, madeAt }: { run: RunId; config: StudioConfig; dataset: Dataset; madeAt: string },
  { name, evaluation }: { name: string; evaluation: Evaluation | null },
): WeightsOrigin {
  return {
    run,
    name,
    madeAt,
    config,
    data: dataOf(dataset),
    view: evaluation && testViewOf(evaluation.view, config),
    score: evaluation?.score ?? null,
    ...(evaluation && calibrated(evaluation, dataset)),
  };
}

function calibrated(evaluation: Evaluation, dataset: Dataset): Pick<WeightsOrigin, 'temperature'> {
  const temperature = temperatureOn(evaluation, dataset);
  return temperature === null ? {} : { temperature };
}

const dataOf = ({ name, classes, train, validation, edits }: Dataset) => ({
  name,
  classes: [...classes],
  trainCount: train.length,
  validationCount: validation.length,
  ...(edits && { edits }),
});

/** Weights as they came out of a file of that name, with the history that it tells; `licence`: whoever gave it names one. */
export function openedFrom(
  { metadata, arch, classes, state }: ReadWeights,
  { file, at, licence }: { file: string; at: Date; licence: string | null },
): Checkpoint {
  const named = licence ?? metadata['license'] ?? metadata['licence'];
  const opened: WeightsOrigin = {
    run: 'import',
    name: `imported from ${file}`,
    madeAt: at.toISOString(),
    config: null,
    data: null,
    view: null,
    score: null,
    ...(named && { licence: named.slice(0, LICENCE_CHARACTERS) }),
  };
  const history = [...historyIn(metadata), opened];
  return { arch, classes, state, history, evaluation: null };
}

/** A view with all that it depends on besides the photo. */
export function testViewOf(
  view: EvalView,
  { respectExif, cacheSide }: Pick<StudioConfig, 'respectExif' | 'cacheSide'>,
): TestView {
  const { resize, crop, filter = 'bilinear', normalize = false, squish = false } = view;
  return { resize, crop, filter, normalize, squish, respectExif, cacheSide };
}

/** What the network is tested with; defaults are left out, as the settings' own views leave them out. */
export function evalViewOf({ resize, crop, filter, normalize, squish }: TestView): EvalView {
  return {
    kind: 'eval',
    resize,
    crop,
    ...(filter !== 'bilinear' && { filter }),
    ...(normalize && { normalize }),
    ...(squish && { squish }),
  };
}

/** The settings that made the weights; null for files of other makers. */
export const configOf = (checkpoint: Pick<Checkpoint, 'history'>): StudioConfig | null =>
  makerIn(checkpoint.history)?.config ?? null;

/** In which the training that made the weights was validated; as the settings say where nobody else has. */
export const validatedIn = (checkpoint: Pick<Checkpoint, 'history'>, config: StudioConfig): EvalView =>
  ownView(configOf(checkpoint) ?? config);

/** The view that chose the weights, or that they were measured in since; null where nobody has said. */
export function viewOf(checkpoint: Pick<Checkpoint, 'history'>): TestView | null {
  const last = checkpoint.history.at(-1);
  return last?.view ?? (last?.run === 'import' ? (makerIn(checkpoint.history)?.view ?? null) : null);
}

/** Of the view that `viewOf` says; null where none was fitted. */
export function temperatureOf(checkpoint: Pick<Checkpoint, 'history'>): number | null {
  const last = checkpoint.history.at(-1);
  const origin = last?.view || last?.run !== 'import' ? last : makerIn(checkpoint.history);
  return origin?.temperature ?? null;
}

export const nameOf = ({ history }: Pick<Checkpoint, 'history'>): string => history.at(-1)!.name;

/** Settings under which photos are the ones that the weights were measured on. */
export function pixelsOf(checkpoint: Checkpoint): StudioConfig {
  const { respectExif, cacheSide } = viewOf(checkpoint) ?? {};
  const config = configOf(checkpoint) ?? parseStudioConfig({});
  return {
    ...config,
    ...(respectExif !== undefined && { respectExif }),
    ...(cacheSide !== undefined && { cacheSide }),
  };
}

/** The same weights, measured in a view that suits them better. */
export function measuredAnew(
  checkpoint: Checkpoint,
  evaluation: Evaluation,
  { config, dataset }: { config: StudioConfig; dataset: Dataset },
): Checkpoint {
  const { temperature: _, ...last } = checkpoint.history.at(-1)!;
  const view = testViewOf(evaluation.view, config);
  const measured = { ...last, view, score: evaluation.score, ...calibrated(evaluation, dataset) };
  const history = [...checkpoint.history.slice(0, -1), measured];
  return { ...checkpoint, history, evaluation };
}

export function infoOf(checkpoint: Checkpoint): WeightsInfo {
  const { arch, classes, history } = checkpoint;
  return {
    arch,
    classes,
    origin: nameOf(checkpoint),
    history,
    view: viewOf(checkpoint),
    temperature: temperatureOf(checkpoint),
  };
}

/** What goes into a weights file beside architecture and class names. */
export function metadataOf(checkpoint: Checkpoint): Record<string, string> {
  const [config, view, temperature] = [configOf(checkpoint), viewOf(checkpoint), temperatureOf(checkpoint)];
  const licence = licenceOf(checkpoint.history);
  return {
    producer: 'FixRes Studio',
    origin: nameOf(checkpoint),
    ...(licence !== null && { license: licence }),
    ...(config && { config: JSON.stringify(config) }),
    ...(view && { view: JSON.stringify(view) }),
    ...(temperature !== null && { temperature: String(temperature) }),
    history: JSON.stringify(checkpoint.history),
  };
}

/** As a file has it: anything may be anything. */
type Untrusted<T> = { readonly [K in keyof T]?: unknown };

/** The history that a file of ours tells; empty for others, and for what cannot be understood. */
export function historyIn(metadata: Readonly<Record<string, string>>): WeightsOrigin[] {
  try {
    const links: unknown = JSON.parse(metadata['history'] ?? '[]');
    return Array.isArray(links) ? links.map(readOrigin) : [];
  } catch {
    return [];
  }
}

/** Written by another version, settings may be missing or gone: those that are there and right are taken. */
function readOrigin({ run, name, madeAt, licence, ...rest }: Untrusted<WeightsOrigin>): WeightsOrigin {
  const { config, data, view, score, temperature } = rest;
  const known = run === 'import' ? run : RUNS.find((one) => one === run);
  if (!known || typeof name !== 'string') throw new Error('no link of a history');
  return {
    run: known,
    name,
    madeAt: typeof madeAt === 'string' ? madeAt : '',
    config: isObject(config) ? knownSettings(config) : null,
    data: isObject(data) ? readData(data) : null,
    view: isObject(view) ? readView(view) : null,
    score: isObject(score) ? readScore(score) : null,
    ...(isNumber(temperature) && isFitted(temperature) && { temperature }),
    ...(typeof licence === 'string' && licence && { licence: licence.slice(0, LICENCE_CHARACTERS) }),
  };
}

function knownSettings(config: object): StudioConfig {
  const known = Object.keys(parseStudioConfig({}));
  const given = Object.entries(withPresentNames({ ...config }));
  return parseStudioConfig(Object.fromEntries(given.filter(([key]) => known.includes(key))));
}

function readData(data: Untrusted<NonNullable<WeightsOrigin['data']>>): WeightsOrigin['data'] {
  const { name, classes, trainCount, validationCount, edits } = data;
  const named = Array.isArray(classes) && classes.every((one): one is string => typeof one === 'string');
  if (typeof name !== 'string' || !named || !isCount(trainCount) || !isCount(validationCount)) return null;
  return { name, classes, trainCount, validationCount, ...(isObject(edits) && { edits: readEdits(edits) }) };
}

function readEdits({ leftOut, relabelled, moved, id }: Untrusted<EditSummary>): EditSummary {
  if (!isCount(leftOut) || !isCount(relabelled) || !isCount(moved) || typeof id !== 'string')
    throw new Error('no changes');
  return { leftOut, relabelled, moved, id: id.slice(0, 64) };
}

function readView(view: Untrusted<TestView>): TestView {
  const { resize, crop, filter, normalize, squish, respectExif, cacheSide } = view;
  if (!isCount(resize) || !isCount(crop) || crop === 0 || Math.max(resize, crop) > MOST_PX) throw new Error('no view');
  return {
    resize,
    crop,
    filter: filter === 'bicubic' ? 'bicubic' : 'bilinear',
    normalize: normalize === true,
    squish: squish === true,
    respectExif: respectExif === true,
    cacheSide: isCount(cacheSide) ? cacheSide : 0,
  };
}

function readScore({ loss, accuracy, correct, count }: Untrusted<Score>): Score | null {
  if (!isNumber(loss) || !isNumber(accuracy) || !isCount(correct) || !isCount(count)) return null;
  return { loss, accuracy, correct, count };
}

/** Names of licences are short; whole texts of them are not carried along. */
const LICENCE_CHARACTERS = 200;
/** Far above any view that a setting allows. */
const MOST_PX = 4096;
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value >= 0;

/** @throws StudioError `bad-weights` where nothing tells classes apart. */
export function refuseHeadless(checkpoint: Checkpoint): void {
  if (checkpoint.classes.length > 0) return;
  const message = `There is no classifier in the weights ${nameOf(checkpoint)}`;
  throw new StudioError('bad-weights', message, 'Train a baseline, which gives them one.');
}
