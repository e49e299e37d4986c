/**
 * `npm run bench -- BENCH …`: times the engine and prints JSON. In Node it runs on whatever GPU Dawn finds;
 * VK_ICD_FILENAMES chooses a software driver. Exit codes: 0 done, 1 the two sides differ, 2 wrong arguments.
 */
import { nodeBackend } from '../testing/nodeGpu';
import { type BenchOptions, parseBenchOptions, USAGE } from './bench/arguments';
import { head } from './bench/report';
import { UsageError } from './headlessOptions';

export async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseBenchOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  const backend = await nodeBackend();
  const { ok, result } = await runBench(backend, options);
  backend.gpu.throwIfFailed();
  console.log(JSON.stringify({ ...head(options.bench, args, backend.gpu.report), ...result }, null, 2));
  return ok ? 0 : 1;
}

/** Benches are imported when they run: TensorFlow.js looks for a GPU when it is imported. */
async function runBench(
  backend: Awaited<ReturnType<typeof nodeBackend>>,
  options: BenchOptions,
): Promise<{ ok: boolean; result: object }> {
  switch (options.bench) {
    case 'step':
      return (await import('./bench/step')).benchStep(backend, options);
    case 'conv':
      return (await import('./bench/conv')).benchConv(backend, options);
    default:
      return options satisfies never;
  }
}
