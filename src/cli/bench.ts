/**
 * `npm run bench -- BENCH …`: times the engine and prints JSON. In Node it runs on whatever GPU Dawn finds;
 * VK_ICD_FILENAMES chooses a software driver. Exit codes: 0 done, 1 a check failed, 2 wrong arguments.
 */
import { type BenchOptions, parseBenchOptions, USAGE } from '../bench/arguments';
import { head } from '../bench/report';
import { UsageError } from './headlessOptions';

interface Outcome {
  /** Whether the bench's own checks hold: both sides compute the same, memory stays flat. */
  ok: boolean;
  /** Null if it prints for itself. */
  result: object | null;
}

export async function main(args: readonly string[]): Promise<number> {
  // These have arguments of their own.
  if (args[0] === 'numerics') return (await import('../bench/numerics/main')).main(args.slice(1));
  if (args[0] === 'weights') return (await import('../bench/weights')).main(args.slice(1));
  if (args[0] === 'exports') return (await import('../bench/exports')).main(args.slice(1));
  if (args[0] === 'elsewhere') return (await import('../bench/elsewhere')).main(args.slice(1));
  if (args[0] === 'check') return (await import('../bench/check')).main();
  if (args[0] === 'loader') return (await import('../bench/loader')).main(args.slice(1));
  if (args[0] === 'decode') return (await import('../bench/decode')).main(args.slice(1));
  if (args[0] === 'predict') return (await import('../bench/predict')).main(args.slice(1));
  if (args[0] === 'page') return (await import('../bench/page')).main(args.slice(1));
  if (args[0] === 'files') return (await import('../bench/files')).main(args.slice(1));
  if (args[0] === 'grid') return (await import('../bench/grid')).main(args.slice(1));
  if (args[0] === 'hidden') return (await import('../bench/hidden')).main(args.slice(1));
  if (args[0] === 'labels') return (await import('../bench/labels')).main(args.slice(1));
  if (args[0] === 'lasting') return (await import('../bench/lasting')).main(args.slice(1));
  if (args[0] === 'mend') return (await import('../bench/mend')).main(args.slice(1));
  if (args[0] === 'method') return (await import('../bench/method')).main(args.slice(1));
  if (args[0] === 'torture') return (await import('../bench/torture')).main(args.slice(1));
  if (args[0] === 'transfer') return (await import('../bench/transfer')).main(args.slice(1));
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
