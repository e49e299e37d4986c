/**
 * Finds out which shape of matrix product suits every convolution of a network on this adapter: runs the candidates, times
 * them, remembers the quickest by name. A generator of progress, like everything that takes its time.
 */
import { StudioError } from '../base/errors';
import type { StudioBackend } from '../gpu/backend';
import type { GpuTensor, Recorder, TunedChoices } from '../gpu/recorder';
import type { AdapterReport } from '../gpu/report';
import { filterGradient, forward, inputGradient } from '../kernels/conv2d/conv2d';
import type { Precision } from '../kernels/storage';
import { choiceKey, convFlops, type ConvShape, type Pass } from '../kernels/conv2d/shape';
import { type ConvVariant, convVariants, suits } from '../kernels/conv2d/variants';
import type { Architecture } from '../models/meta';
import { convShapes } from '../models/cost';
import { compilingOnly } from './rehearsal';

/** Changes whenever kernels do: what was tuned for others is of no use. */
export const ENGINE_VERSION = '5';

/** Somewhere to keep small texts between sessions: IndexedDB in the page, a file in Node. */
export interface ChoiceStore {
  load(key: string): Promise<string | null>;
  save(key: string, text: string): Promise<void>;
  clear(): Promise<void>;
}

/** What tuned choices hold for: one adapter and driver, one version of our kernels. */
export function storeKey({ vendor, architecture, description, subgroupSize }: AdapterReport): string {
  return ['tuned', ENGINE_VERSION, vendor, architecture, description, subgroupSize ?? 'none'].join('/');
}

/** Choices of earlier sessions; none where there are none, or where what is stored cannot be read. */
export async function loadChoices(store: ChoiceStore, report: AdapterReport): Promise<TunedChoices> {
  const text = await store.load(storeKey(report));
  try {
    const entries: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(entries)) return new Map();
    return new Map(entries.filter(isPair));
  } catch {
    return new Map();
  }
}

export function saveChoices(store: ChoiceStore, report: AdapterReport, choices: TunedChoices): Promise<void> {
  return store.save(storeKey(report), JSON.stringify([...choices]));
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

export interface TuneOptions {
  arch: Architecture;
  /** Photos that go through the network at once. */
  rows: number;
  size: number;
  /** float32 if not given. */
  precision?: Precision;
  /** Forward alone for evaluation. */
  passes: readonly Pass[];
  budgetSeconds: number;
  now: () => number;
  signal: AbortSignal;
}

export interface TuneProgress {
  done: number;
  of: number;
}

/** How often a candidate is timed; the quickest counts, since whatever else disturbs only slows down. */
const REPEATS = 3;

/**
 * Adds to `backend.choices` what is not known yet, the work that weighs most first, until the budget is spent. What is not
 * reached keeps its default. Yields before every operation; waits for the GPU.
 * @throws the signal's reason when stopped; the GPU's failure.
 */
export async function* tune(backend: StudioBackend, o: TuneOptions): AsyncGenerator<TuneProgress, void, undefined> {
  const variants = convVariants(backend.report);
  const choices = new Map(backend.choices);
  const jobs = jobsOf(variants, o).filter(({ key }) => !choices.has(key));
  const started = o.now();
  for (const [done, job] of jobs.entries()) {
    o.signal.throwIfAborted();
    if (o.now() - started > o.budgetSeconds * 1000) return;
    yield { done, of: jobs.length };
    const suited = variants.filter((variant) => suits(variant, job.pass, job.shape));
    const best = await quickest(backend, job, suited, o);
    if (best) choices.set(job.key, best.name);
    backend.choices = new Map(choices);
    backend.gpu.throwIfFailed();
  }
}

interface Job {
  key: string;
  pass: Pass;
  shape: ConvShape;
}

/** Every pass of every distinct convolution that there is a variant for, by the work that the network does in it. */
function jobsOf(
  variants: readonly ConvVariant[],
  { arch, rows, size, passes, precision = 'float32' }: TuneOptions,
): Job[] {
  const jobs = new Map<string, Job & { flops: number }>();
  for (const shape of convShapes(arch, rows, size)) {
    for (const pass of passes) {
      if (!variants.some((variant) => suits(variant, pass, shape))) continue;
      const key = choiceKey(pass, shape, precision);
      const known = jobs.get(key);
      jobs.set(key, { key, pass, shape, flops: (known?.flops ?? 0) + convFlops(shape) });
    }
  }
  return [...jobs.values()].sort((a, b) => b.flops - a.flops);
}

async function quickest(
  backend: StudioBackend,
  { pass, shape: s }: Job,
  variants: readonly ConvVariant[],
  { now, precision = 'float32' }: Pick<TuneOptions, 'now' | 'precision'>,
): Promise<ConvVariant | null> {
  const tensors: GpuTensor[] = [];
  const tensor = (dimensions: readonly number[], dtype: Precision) => {
    const made = backend.allocate(dimensions, dtype);
    tensors.push(made);
    backend.clear(made);
    return made;
  };
  const attrs = { stride: s.stride, pad: s.pad };
  try {
    // Photos are f32 always.
    const x = tensor([s.batch, s.inHeight, s.inWidth, s.inChannels], s.inChannels < 4 ? 'float32' : precision);
    const y = tensor([s.batch, s.outHeight, s.outWidth, s.outChannels], precision);
    const w = tensor([s.kernel, s.kernel, s.inChannels, s.outChannels], 'float32');
    const run: Record<Pass, (on: Recorder, variant: ConvVariant) => GpuTensor> = {
      forward: (on, variant) => forward(on, x, w, attrs, { precision, variant }),
      inputGradient: (on, variant) => inputGradient(on, y, w, x.shape, attrs, { variant }),
      filterGradient: (on, variant) => filterGradient(on, x, y, w.shape, attrs, { variant }),
    };
    const compiling = compilingOnly(backend);
    for (const variant of variants) backend.release(run[pass](compiling, variant));
    await backend.compiled();
    const times = new Map(variants.map((variant) => [variant, Infinity]));
    // The first round warms up. In turn, so that whatever else the machine does hits all of them alike.
    for (let round = 0; round <= REPEATS; round++) {
      for (const variant of variants) {
        const started = now();
        backend.release(run[pass](backend, variant));
        backend.flush();
        await backend.device.queue.onSubmittedWorkDone();
        if (round > 0) times.set(variant, Math.min(times.get(variant)!, now() - started));
      }
    }
    return [...times].sort(([, a], [, b]) => a - b)[0]?.[0] ?? null;
  } catch (error) {
    // A shape that is beyond the adapter's limits will be refused where it is asked for.
    if (error instanceof StudioError && error.code === 'exceeds-limits') return null;
    throw error;
  } finally {
    for (const made of tensors) backend.release(made);
  }
}
