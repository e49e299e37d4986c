/**
 * `npm run bench -- BENCH …`: times the engine and prints JSON. In Node it runs on whatever GPU Dawn finds;
 * VK_ICD_FILENAMES chooses a software driver. Exit codes: 0 done, 1 a check failed, 2 wrong arguments.
 */
import { type BenchOptions, type OwnBench, parseBenchOptions, USAGE } from '../bench/arguments';
import { head } from '../bench/report';
import { StudioError } from '../engine/base/errors';
import { UsageError } from './headlessOptions';
import { errorLines } from './report';

interface Outcome {
  /** Whether the bench's own checks hold: both sides compute the same, memory stays flat. */
  ok: boolean;
  /** Null if it prints for itself. */
  result: object | null;
}

interface Bench {
  main: (args: readonly string[]) => Promise<number>;
}

const OWN: Readonly<Record<OwnBench, () => Promise<Bench>>> = {
  numerics: () => import('../bench/numerics/main'),
  weights: () => import('../bench/weights'),
  exports: () => import('../bench/exports'),
  elsewhere: () => import('../bench/elsewhere'),
  check: () => import('../bench/check'),
  loader: () => import('../bench/loader'),
  decode: () => import('../bench/decode'),
  predict: () => import('../bench/predict'),
  page: () => import('../bench/page'),
  files: () => import('../bench/files'),
  grid: () => import('../bench/grid'),
  hidden: () => import('../bench/hidden'),
  labels: () => import('../bench/labels'),
  lasting: () => import('../bench/lasting'),
  mend: () => import('../bench/mend'),
  method: () => import('../bench/method'),
  torture: () => import('../bench/torture'),
  transfer: () => import('../bench/transfer'),
};

export async function main(args: readonly string[]): Promise<number> {
  try {
    return await bench(args);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    console.error(`Error: ${errorLines(error)}`);
    return 1;
  }
}

async function bench(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  if (Object.hasOwn(OWN, name)) return (await OWN[name as OwnBench]()).main(rest);
  let options: BenchOptions;
  try {
    options = parseBenchOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  const { ok, result } = await runBench(options, args);
  if (result) console.log(JSON.stringify(result, null, 2));
  return ok ? 0 : 1;
}

/** Benches are imported when they run: TensorFlow.js looks for a GPU when it is imported. */
async function runBench(options: BenchOptions, args: readonly string[]): Promise<Outcome> {
  switch (options.bench) {
    case 'pack':
      return (await import('../bench/pack')).benchPack(options);
    case 'train': {
      const { epochs } = options;
      if (epochs === null) return (await import('../bench/train')).benchTrain(options, args);
      return (await import('../bench/epochsMemory')).benchEpochsMemory({ ...options, epochs }, args);
    }
    case 'gpu':
      if (options.part === null) return (await import('../bench/gpu')).benchGpu(options, args);
      return onGpu(options, args);
    case 'step':
    case 'conv':
    case 'steps':
    case 'frozen':
    case 'host':
    case 'memory':
      return onGpu(options, args);
    default:
      return options satisfies never;
  }
}

async function onGpu(
  options: Exclude<BenchOptions, { bench: 'pack' | 'train' }>,
  args: readonly string[],
): Promise<Outcome> {
  const backend = await (options.bench === 'host'
    ? (await import('../hosts/node/nullGpu')).nullBackend()
    : (await import('../hosts/node/gpu')).nodeBackend());
  const run = async (): Promise<Outcome> => {
    switch (options.bench) {
      case 'step':
        return (await import('../bench/step')).benchStep(backend, options);
      case 'host':
        return (await import('../bench/host')).benchHost(backend, options);
      case 'memory':
        return (await import('../bench/memory')).benchMemory(backend, options);
      case 'conv':
        return (await import('../bench/conv')).benchConv(backend, options);
      case 'steps':
        return (await import('../bench/steps')).benchSteps(backend, options);
      case 'frozen':
        return (await import('../bench/frozen')).benchFrozen(backend, options);
      case 'gpu':
        await (await import('../bench/gpuPart')).runGpuPart(backend, options.part ?? 'matmul', options);
        return { ok: true, result: null };
      default:
        return options satisfies never;
    }
  };
  const { ok, result } = await run();
  backend.gpu.throwIfFailed();
  return { ok, result: result && { ...head(options.bench, args, backend.gpu.report), ...result } };
}
