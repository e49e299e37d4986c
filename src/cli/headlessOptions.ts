/** The terminal's arguments, checked before a browser is started: what is wrong is refused by name. */
import { accessSync, constants, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { inOneLine, StudioError } from '../engine/base/errors';
import { CHOICE_KEYS, type DatasetSettings, isChoiceKey } from '../engine/dataset/settings';
import { MODEL_FORMATS, ONNX_CHOICES, ONNX_DEFAULTS, type OnnxOptions } from '../engine/exports/meta';
import { type EngineId, ENGINES } from './engine';
import { isPacked } from '../engine/sources/packed';
import { type ModelExports, TORCHRUN } from './exportModels';
import { onnxWords } from './usage';
import {
  parseStudioConfig,
  parseTestSizes,
  type PresetId,
  PRESETS,
  type RunId,
  RUNS,
  STEPS,
} from '../engine/experiments/meta';

/** What `--inspect` asks: no browser, no run. */
export interface InspectOptions {
  /** A folder or a file. */
  inspect: string;
  settings: DatasetSettings;
}

/** What `--predict` asks: no photos with labels, no run. */
export interface PredictOptions {
  engine: EngineId;
  /** A folder of photos, or one photo. */
  predict: string;
  weights: WeightsFrom;
  out: string;
  /** Test sizes, px, over which it is averaged; none: the weights' own. */
  sizes: readonly number[];
  /** Settings that differ from the defaults, as text. */
  settings: Readonly<Record<string, string>>;
}

/** A `.safetensors` file or one of torch.save's, or a model of the Hugging Face Hub. */
export type WeightsFrom = { file: string } | { hub: string };

export interface HeadlessOptions {
  engine: EngineId;
  /** The folder of photos; null: the sample that the studio draws itself. */
  data: string | null;
  out: string;
  preset: PresetId;
  /** Starting weights. */
  init: WeightsFrom | null;
  /** Results from elsewhere. */
  imports: string | null;
  runs: readonly RunId[];
  /** How many seeds, from the setting's own on, they are gone through with. */
  seeds: number;
  /** Whether all that was found is written as a page. */
  report: boolean;
  /** Whether the photos are laid out as a map. */
  map: boolean;
  /** The network in other programs' formats; null: none. */
  exports: ModelExports | null;
  /** Settings that differ from the preset's, as text. */
  settings: Readonly<Record<string, string>>;
  /** How the folder is to be understood. */
  dataset: DatasetSettings;
}

/** Wrong arguments: the terminal shows the message and ends with code 2. */
export class UsageError extends Error {}

/**
 * @param from Folder that relative paths start from.
 * @throws UsageError naming the argument and what is wrong with it.
 */
export function parseHeadlessOptions(args: readonly string[], from: string): HeadlessOptions {
  const { values, positionals } = parseFlags(args);
  const pairs = parsePairs([...(values.set ?? []), ...positionals]);
  if (values.data !== undefined && values.sample) throw new UsageError('--data and --sample exclude each other');
  if (values.data === undefined && !values.sample) throw new UsageError('--data is missing: a folder of photos');
  if (values.out === undefined) throw new UsageError('--out is missing: a folder for the results');
  const engine = parseEngine(values);
  const preset = PRESETS.find((id) => id === (values.preset ?? PRESETS[0]));
  if (!preset) throw new UsageError(`--preset ${values.preset} must be one of ${PRESETS.join(', ')}`);

  const runs = parseRuns(values.steps ?? (values.import === undefined ? STEPS.join(',') : 'none'));

  return {
    engine,
    settings: parseSettings(pairs, preset),
    dataset: Object.fromEntries(Object.entries(pairs).filter(([key]) => isChoiceKey(key))),
    exports: parseExports(values, runs.at(-1)),
    imports: values.import === undefined ? null : readableFile(path.resolve(from, values.import), '--import'),
    runs,
    seeds: parseSeeds(values.seeds, runs),
    report: values.report,
    map: values.map,
    preset,
    data: values.data === undefined ? null : readablePhotos(path.resolve(from, values.data)),
    init: values.init === undefined ? null : parseWeights(values.init, from, '--init'),
    out: writableFolder(path.resolve(from, values.out)),
  };
}

function parseEngine(values: Flags): EngineId {
  const engine = ENGINES.find((id) => id === (values.engine ?? ENGINES[0]));
  if (!engine) throw new UsageError(`--engine ${values.engine} must be one of ${ENGINES.join(', ')}`);
  const hub = (values.init ?? values.weights)?.startsWith('hub:') === true;
  if (engine === 'node') refuseBrowsersOwn({ sample: values.sample, prove: values.prove, hub });
  return engine;
}

/** @throws UsageError at what a browser alone can do. */
export function refuseBrowsersOwn({ sample, prove, hub }: { sample: boolean; prove: boolean; hub: boolean }): void {
  const refuse = (what: string) => new UsageError(`--engine node: ${what}; leave --engine out`);
  if (sample) throw refuse('the sample is drawn by a browser');
  if (prove) throw refuse('exported files are tried in a browser');
  if (hub) throw refuse('the Hub is asked by a browser');
}

/** Null where nothing is to be inspected. @throws UsageError at a setting that says nothing about a folder. */
export function parseInspectOptions(args: readonly string[], from: string): InspectOptions | null {
  const flags = parseFlags(args);
  const { values, positionals } = flags;
  if (values.inspect === undefined) return null;
  const other = foreignTo(flags, ['inspect', 'set']);
  if (other !== undefined) throw new UsageError(`--inspect runs nothing: leave out ${other}`);
  const pairs = parsePairs([...(values.set ?? []), ...positionals]);
  return { inspect: path.resolve(from, values.inspect), settings: onlyChoices(pairs) };
}

/** Null where nothing is to be predicted. @throws UsageError naming the argument and what is wrong with it. */
export function parsePredictOptions(args: readonly string[], from: string): PredictOptions | null {
  const flags = parseFlags(args);
  const { values, positionals } = flags;
  if (values.predict === undefined) {
    if (values.weights !== undefined) throw new UsageError('--weights goes with --predict; to train, write --init');
    if (values.sizes !== undefined)
      throw new UsageError('--sizes goes with --predict; for the sweep, write --set sweepSizes=LIST');
    return null;
  }
  const other = foreignTo(flags, ['predict', 'weights', 'out', 'sizes', 'engine', 'set']);
  if (other !== undefined) throw new UsageError(`--predict runs nothing: leave out ${other}`);
  if (values.weights === undefined) throw new UsageError('--weights is missing: what to predict with');
  if (values.out === undefined) throw new UsageError('--out is missing: a folder for the results');
  const predict = path.resolve(from, values.predict);
  const pairs = parsePairs([...(values.set ?? []), ...positionals]);
  return {
    engine: parseEngine(values),
    predict: readableFile(predict, '--predict'),
    weights: parseWeights(values.weights, from, '--weights'),
    out: writableFolder(path.resolve(from, values.out)),
    sizes: parseSizes(values.sizes),
    settings: parseSettings(pairs, PRESETS[0]),
  };
}

export interface ResumeOptions {
  /** The folder of a run to go on with. */
  out: string;
  /** Null: the one that it was begun in. */
  engine: EngineId | null;
}

/** Null where a new run is asked for. @throws UsageError at anything beside it. */
export function parseResume(args: readonly string[], from: string): ResumeOptions | null {
  const flags = parseFlags(args);
  const { values } = flags;
  if (values.resume === undefined) return null;
  const other = foreignTo(flags, ['resume', 'engine']);
  if (other !== undefined) throw new UsageError(`--resume goes on with what was asked then: leave out ${other}`);
  const engine = values.engine === undefined ? null : parseEngine(values);
  return { out: path.resolve(from, values.resume), engine };
}

/** npm runs scripts in the project's folder and remembers where it was called. */
export const callersFolder = (): string => process.env['INIT_CWD'] ?? process.cwd();

type Flags = ReturnType<typeof parseFlags>['values'];

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      // `--set a=1 b=2`: all but the first come as positionals.
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        sample: { type: 'boolean', default: false },
        out: { type: 'string' },
        engine: { type: 'string' },
        preset: { type: 'string' },
        init: { type: 'string' },
        import: { type: 'string' },
        inspect: { type: 'string' },
        resume: { type: 'string' },
        predict: { type: 'string' },
        weights: { type: 'string' },
        steps: { type: 'string' },
        seeds: { type: 'string' },
        report: { type: 'boolean', default: false },
        map: { type: 'boolean', default: false },
        export: { type: 'string' },
        onnx: { type: 'string' },
        prove: { type: 'boolean', default: false },
        sizes: { type: 'string' },
        set: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The first argument that has no part beside those flags, as it was written. */
function foreignTo(
  { values, positionals }: ReturnType<typeof parseFlags>,
  known: readonly string[],
): string | undefined {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  const other = given.find(([flag]) => !known.includes(flag));
  if (other) return `--${other[0]}`;
  return known.includes('set') ? undefined : positionals[0];
}

function parseWeights(value: string, from: string, flag: string): WeightsFrom {
  if (!value.startsWith('hub:')) return { file: readableFile(path.resolve(from, value), flag) };
  const hub = value.slice('hub:'.length);
  if (!/^[^/\s]+\/[^/\s]+$/.test(hub)) throw new UsageError(`${flag} ${value}: write hub:OWNER/NAME`);
  return { hub };
}

function parsePairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UsageError(`Unknown setting "${pair}": write --set key=value`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function onlyChoices(pairs: Readonly<Record<string, string>>): DatasetSettings {
  const unknown = Object.keys(pairs).find((key) => !isChoiceKey(key));
  if (unknown === undefined) return pairs;
  throw new UsageError(`--set ${unknown}: --inspect knows ${CHOICE_KEYS.join(', ')}`);
}

/** Those of the run, checked. */
function parseSettings(pairs: Readonly<Record<string, string>>, preset: PresetId): Record<string, string> {
  const settings = Object.fromEntries(Object.entries(pairs).filter(([key]) => !isChoiceKey(key)));
  try {
    parseStudioConfig(settings, preset);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    throw new UsageError(`--set: ${inOneLine(error)}`);
  }
  return settings;
}

function parseRuns(list: string): RunId[] {
  if (list.trim() === 'none') return [];
  return list.split(',').map((name) => {
    const known = RUNS.find((run) => run === name.trim());
    if (!known) throw new UsageError(`--steps: "${name}" must be one of ${RUNS.join(', ')}`);
    return known;
  });
}

/** Few enough to end. */
const MOST_SEEDS = 100;

function parseSeeds(count: string | undefined, runs: readonly RunId[]): number {
  if (count === undefined) return 1;
  if (runs.length === 0)
    throw new UsageError('--seeds goes through the steps with each of them: no step is in --steps');
  const seeds = Number(count);
  if (Number.isInteger(seeds) && seeds >= 1 && seeds <= MOST_SEEDS) return seeds;
  throw new UsageError(`--seeds ${count} must be a whole number from 1 to ${MOST_SEEDS}`);
}

/** In `--export`, beside the networks' formats. */
const CHECKPOINT = 'checkpoint';
/** Whose optimiser a checkpoint holds; it is kept until another run begins. */
const TRAININGS: readonly (RunId | undefined)[] = ['baseline', 'finetune'];

/** `last`: of the runs; undefined where nothing runs. */
function parseExports({ export: list, prove, onnx: wanted }: Flags, last: RunId | undefined): ModelExports | null {
  if (list === undefined) {
    if (prove) throw new UsageError('--prove tries exported files: say which with --export');
    if (wanted !== undefined) throw new UsageError('--onnx is about an exported file: say --export onnx');
    return null;
  }
  const onnx = parseOnnx(wanted);
  const names = list.split(',').map((name) => name.trim());
  const torchrun = names.includes(TORCHRUN);
  if (names.includes('all')) return { formats: MODEL_FORMATS, checkpoint: true, torchrun, all: true, prove, onnx };
  const formats = names.flatMap((name) => {
    if (name === CHECKPOINT || name === TORCHRUN) return [];
    const known = MODEL_FORMATS.find((format) => format === name);
    if (!known)
      throw new UsageError(
        `--export: "${name}" must be one of ${MODEL_FORMATS.join(', ')}, ${CHECKPOINT}, ${TORCHRUN}, all`,
      );
    return [known];
  });
  if (prove && formats.length === 0)
    throw new UsageError(`--prove tries ${MODEL_FORMATS.join(', ')}: none is in --export`);
  if (wanted !== undefined && !formats.includes('onnx'))
    throw new UsageError('--onnx is about an exported file: say --export onnx');
  if (names.includes(CHECKPOINT) && !TRAININGS.includes(last))
    throw new UsageError(`--export ${CHECKPOINT}: the last of --steps must be ${TRAININGS.join(' or ')}`);
  return { formats: [...new Set(formats)], checkpoint: names.includes(CHECKPOINT), torchrun, all: false, prove, onnx };
}

function parseOnnx(list: string | undefined): OnnxOptions {
  const words = list?.split(',').map((word) => word.trim()) ?? [];
  const chosen = words.map((word) => {
    const known = Object.entries(ONNX_CHOICES).find(([, { options }]) => word in options);
    if (!known) throw new UsageError(`--onnx: "${word}" must be one of ${onnxWords((some) => some.join(', '))}`);
    return [known[0], word] as const;
  });
  const twice = chosen.find(([key, word]) => chosen.some(([other, own]) => other === key && own !== word));
  if (twice) throw new UsageError(`--onnx ${list}: ${twice[1]} excludes another of them`);
  return { ...ONNX_DEFAULTS, ...Object.fromEntries(chosen) };
}

function parseSizes(list: string | undefined): readonly number[] {
  try {
    return parseTestSizes(list);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    throw new UsageError(`--${inOneLine(error)}`);
  }
}

function readablePhotos(place: string): string {
  try {
    if (isPacked(place) && statSync(place).isFile()) accessSync(place, constants.R_OK);
    else readdirSync(place);
  } catch (error) {
    throw new UsageError(`--data ${place} cannot be read as a folder or an archive: ${reasonOf(error)}`);
  }
  return place;
}

function readableFile(file: string, flag: string): string {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new UsageError(`${flag} ${file} cannot be read: ${reasonOf(error)}`);
  }
  return file;
}

function writableFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--out ${folder} cannot be written: ${reasonOf(error)}`);
  }
  return folder;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
