/** The benches' arguments: what is wrong is refused by name before a GPU is opened. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES, UNLISTED_ARCHITECTURES, type Architecture } from '../engine/models/meta';
import { MEMORY_LEVELS, type MemoryLevel } from '../engine/memory/policy';
import { callersFolder, UsageError } from '../cli/headlessOptions';

/** As each bench is called, and what it measures. */
type Benches = Record<string, readonly [call: string, what: string]>;

/** Those whose options are read here. */
const COMMON = {
  step: ['[--against stock]', 'a training step, and the same in stock TensorFlow.js'],
  conv: ['[--against jax-js]', 'every convolution of a network with both gradients, and the same in jax-js'],
  steps: ['[--steps 200]', 'memory and tensors over many steps'],
  frozen: ['[--steps 8]', 'epochs with a frozen trunk against epochs that train the whole network'],
  host: ['[--repeats 20]', 'what a step costs the host, on a GPU that computes nothing'],
  memory: ['', 'what a step takes on the GPU at every level, planned and allocated, at any size'],
  train: [
    '[--data DIR] [--epochs N]',
    'a run in the page: the share of time in which the adapter stands idle; with --epochs, memory after each',
  ],
  gpu: ['[--scale full|small]', "what this machine's GPU does at batch 64, within 8 minutes"],
  pack: ['OUT', 'a folder that runs the gpu bench on another Linux machine, without Node or network'],
} as const satisfies Benches;

/** Those that read their own. */
const OWN = {
  hidden: ['[--minutes 7]', 'a training in a tab that is hidden, beside one that is seen'],
  lasting: ['[--steps 2000] [--device null]', 'a run of many small steps: memory, and what saving it costs'],
  torture: [
    '[--kills 3] [--losses 1]',
    'a run that is killed and loses its GPU, again and again, beside an undisturbed one',
  ],
  check: ['', "a training step beside stock TensorFlow.js's on this GPU: the loss and every gradient"],
  loader: ['--data DIR', "photos/s that the page decodes, crops and uploads, beside torchvision's DataLoader"],
  decode: ['--data DIR', "every photo's pixels in the page beside Pillow's"],
  page: ['[--seconds 60]', 'what a first visit loads, and how long clicks wait while a run goes on'],
  files: [
    '[--count 21397] [--zip]',
    'a folder of many photos, or a zip of one, dropped on the page: seconds until ready, memory, longest task',
  ],
  grid: ['[--count 21397] [--maps]', "the grid of many photos, scrolled through: the page's longest task, memory"],
  predict: ['[--count 1000]', "many photos without labels through weights in the page: the page's memory"],
  labels: [
    '--data DIR [--share 0.05]',
    'labels made wrong by chance: which of them the check by cross-validation finds',
  ],
  mend: [
    '--data DIR [--each 10]',
    'copies, leaks, blurred and dark photos planted in a folder: which are found, and what else',
  ],
  method: [
    '[--seeds 3]',
    'FixRes on the sample, trained for real: does the best size lie where apparent size predicts?',
  ],
  transfer: [
    '--from DIR --data DIR',
    'a network trained on one folder, trained on in another, against one from random weights',
  ],
  numerics: ['[TOPIC …]', "the numbers beside PyTorch's, torchvision's, Pillow's, SciPy's and scikit-learn's"],
  exports: ['[ARCH …]', "every export's logits beside the engine's, each file in the programs that it is made for"],
  elsewhere: [
    '[ARCH …]',
    "a run handed over to PyTorch: every gradient of three steps, sweep and fine-tuning, beside the studio's",
  ],
  weights: ['FILE', 'how long a file of weights takes to read, and how much memory'],
} as const satisfies Benches;
export type OwnBench = keyof typeof OWN;

const BENCHES = { ...COMMON, ...OWN };
const NAMES = Object.keys(BENCHES) as (keyof typeof BENCHES)[];

const LIST = NAMES.map((name) => {
  const [call, what] = BENCHES[name];
  return `  ${`${name} ${call}`.padEnd(40)} ${what}`;
}).join('\n');

export const USAGE = `Usage: npm run bench -- BENCH [options]

${LIST}

  --arch NAME                ${ARCHITECTURES.join(', ')}
  --batch N  --size PX       photos a step, resolution
  --memory LEVEL             ${MEMORY_LEVELS.join(', ')}: what a step keeps for its backward pass
  --tune SECONDS             for choosing kernels before all but the first step (0: the defaults; gpu: 20)
  --repeats N                timed samples after a warm-up (step: 0 for the first step alone); --stock-repeats N for the other side`;

export interface StepOptions {
  bench: 'step';
  arch: Architecture;
  batch: number;
  size: number;
  memory: MemoryLevel;
  /** For choosing kernels, after the first step; 0: not at all. */
  tuneSeconds: number;
  repeats: number;
  /** Null: as many as its speed allows. */
  stockRepeats: number | null;
  against: 'stock' | null;
}

export interface ConvOptions {
  bench: 'conv';
  tuneSeconds: number;
  arch: Architecture;
  batch: number;
  size: number;
  repeats: number;
  against: 'jax-js' | null;
}

export interface StepsOptions {
  bench: 'steps';
  memory: MemoryLevel;
  arch: Architecture;
  batch: number;
  size: number;
  steps: number;
}

export interface FrozenOptions extends Omit<StepsOptions, 'bench'> {
  bench: 'frozen';
  /** Epochs of either kind. */
  repeats: number;
}

export interface HostOptions {
  bench: 'host';
  memory: MemoryLevel;
  arch: Architecture;
  batch: number;
  size: number;
  repeats: number;
}

export interface MemoryOptions {
  bench: 'memory';
  arch: Architecture;
  batch: number;
  size: number;
}

export interface TrainOptions {
  bench: 'train';
  /** Folder of photos, absolute; null: the sample that the studio draws itself. */
  data: string | null;
  arch: Architecture;
  batch: number;
  size: number;
  steps: number;
  /** Whose memory is told, each; null: idle time is measured. */
  epochs: number | null;
}

export const GPU_PARTS = ['matmul', 'step', 'finetune', 'layers'] as const;
export type GpuPart = (typeof GPU_PARTS)[number];

export interface GpuOptions {
  bench: 'gpu';
  /** Null: full on a GPU, small on a software adapter. */
  scale: 'full' | 'small' | null;
  /** One part alone, in this process, of the shape that follows; null: all of them, each in a process of its own. */
  part: GpuPart | null;
  memory: MemoryLevel;
  /** For choosing kernels, in every part that runs them. */
  tuneSeconds: number;
  arch: Architecture;
  batch: number;
  size: number;
  repeats: number;
}

export interface PackOptions {
  bench: 'pack';
  /** Folder to write, absolute. */
  out: string;
}

export type BenchOptions =
  | StepOptions
  | ConvOptions
  | StepsOptions
  | FrozenOptions
  | HostOptions
  | MemoryOptions
  | TrainOptions
  | GpuOptions
  | PackOptions;

const isCommon = (bench: keyof typeof BENCHES): bench is BenchOptions['bench'] => bench in COMMON;

/** @throws UsageError naming the argument and what is wrong with it. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseFlags(args);
  const [named = '', ...operands] = positionals;
  const bench = oneOf('bench', named, NAMES);
  if (!isCommon(bench)) throw new UsageError(`${bench} has to come first: npm run bench -- ${bench} [options]`);
  const [out, ...rest] = bench === 'pack' ? operands : [undefined, ...operands];
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is more than one bench`);
  const shape = (arch: Architecture, batch: number, size: number) => ({
    arch: oneOf('--arch', values.arch ?? arch, [...ARCHITECTURES, ...UNLISTED_ARCHITECTURES]),
    batch: count('--batch', values.batch ?? batch),
    size: count('--size', values.size ?? size),
  });
  const memory = oneOf('--memory', values.memory ?? 'lean', MEMORY_LEVELS);
  const tuneWanted = values.tune ?? (bench === 'gpu' ? '20' : '0');
  const tuneSeconds = tuneWanted === '0' ? 0 : count('--tune', tuneWanted);
  // A step that takes minutes may be taken once.
  const once = bench === 'step' && values.repeats === '0';
  const repeats = once ? 0 : count('--repeats', values.repeats ?? 5);
  switch (bench) {
    case 'step':
      return {
        bench,
        ...shape('resnet50', 4, 64),
        memory,
        tuneSeconds,
        repeats,
        stockRepeats: values['stock-repeats'] === undefined ? null : count('--stock-repeats', values['stock-repeats']),
        against: values.against === undefined ? null : oneOf('--against', values.against, ['stock'] as const),
      };
    case 'conv':
      return {
        bench,
        ...shape('resnet50', 4, 64),
        tuneSeconds,
        repeats,
        against: values.against === undefined ? null : oneOf('--against', values.against, ['jax-js'] as const),
      };
    case 'steps':
      return { bench, ...shape('resnet18', 4, 32), memory, steps: count('--steps', values.steps ?? 200) };
    case 'frozen':
      return { bench, ...shape('resnet50', 4, 64), memory, steps: count('--steps', values.steps ?? 8), repeats };
    case 'host':
      return { bench, ...shape('resnet50', 4, 64), memory, repeats: count('--repeats', values.repeats ?? 20) };
    case 'memory':
      return { bench, ...shape('resnet50', 64, 224) };
    case 'train':
      return {
        bench,
        data: values.data === undefined ? null : path.resolve(callersFolder(), values.data),
        ...shape('resnet18', 16, 64),
        steps: count('--steps', values.steps ?? 30),
        epochs: values.epochs === undefined ? null : count('--epochs', values.epochs),
      };
    case 'gpu':
      return {
        bench,
        scale: values.scale === undefined ? null : oneOf('--scale', values.scale, ['full', 'small'] as const),
        part: values.part === undefined ? null : oneOf('--part', values.part, GPU_PARTS),
        ...shape('resnet50', 64, 224),
        memory,
        tuneSeconds,
        repeats,
      };
    case 'pack':
      if (out === undefined) throw new UsageError('pack: the folder to write is missing');
      return { bench, out: path.resolve(callersFolder(), out) };
    default:
      return bench satisfies never;
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        arch: { type: 'string' },
        batch: { type: 'string' },
        size: { type: 'string' },
        repeats: { type: 'string' },
        'stock-repeats': { type: 'string' },
        against: { type: 'string' },
        steps: { type: 'string' },
        epochs: { type: 'string' },
        memory: { type: 'string' },
        tune: { type: 'string' },
        data: { type: 'string' },
        scale: { type: 'string' },
        part: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(name: string, value: string | number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`${name} ${value} is no positive whole number`);
  return number;
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${name} "${value}" must be one of ${known.join(', ')}`);
  return found;
}
