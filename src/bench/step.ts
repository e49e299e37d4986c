/** `bench -- step`: a whole training step, optimiser included, and the stock one beside it if asked for. */
import type { StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import { forwardMacs } from '../engine/models/cost';
import type { StepOptions } from './arguments';
import { benchMatmul } from './matmul';
import { type Meter, meter } from './meter';
import { ourTrainer, plannedBytes, tuneFor } from './ourStep';
import { median, significant } from './statistics';
import { type StepInputs, stepInputs } from '../engine/check/stepInputs';
import type { Trainer } from './trainer';

/** A stock step of a software adapter can take a minute: one that does is timed once. */
const SLOW_STEP_MS = 20_000;
const STOCK_REPEATS = 3;
/** The same mathematics in another order. */
const LOSS_TOLERANCE = 1e-3;

interface Timed {
  trainer: Trainer;
  counts: Meter;
  firstStepMs: number;
  firstLoss: number;
  /** Of the last step; the first one's are some more. */
  dispatches: number;
  times: number[];
}

/** Makes a trainer and takes its first step, compilation included. */
async function begin(counts: Meter, make: () => Trainer | Promise<Trainer>): Promise<Timed> {
  const trainer = await make();
  const started = performance.now();
  const firstLoss = await trainer.step();
  return { trainer, counts, firstStepMs: performance.now() - started, firstLoss, dispatches: 0, times: [] };
}

async function sample(side: Timed): Promise<void> {
  const [before, started] = [side.counts.dispatches, performance.now()];
  await side.trainer.step();
  side.times.push(performance.now() - started);
  side.dispatches = side.counts.dispatches - before;
}

export async function benchStep(backend: StudioBackend, o: StepOptions): Promise<{ ok: boolean; result: object }> {
  const inputs = stepInputs(o);
  const counts = meter(backend.device);
  const ours = await begin(counts, () => ourTrainer(backend, inputs, { level: o.memory, tunes: false }));
  ours.dispatches = counts.dispatches;
  await tuneFor(backend, o, { tunes: false, seconds: o.tuneSeconds });
  // Kernels newly chosen compile in a step that does not count, and what tuning took is no part of a step.
  if (o.tuneSeconds > 0) await ours.trainer.step();
  counts.peakBytes = counts.bytes;
  const stock = o.against === 'stock' ? await beginStock(inputs) : null;
  for (let i = 0; i < Math.max(o.repeats, o.stockRepeats ?? STOCK_REPEATS); i++) {
    if (i < o.repeats) await sample(ours);
    if (stock && wantsStockSample(stock.times, o.stockRepeats)) await sample(stock);
  }
  const allocatedBytes = counts.peakBytes;
  ours.trainer.dispose();
  stock?.trainer.dispose();
  const matmul = await benchMatmul(backend.gpu);

  const stepMs = ours.times.length > 0 ? median(ours.times) : ours.firstStepMs;
  const gflops = stepGflops(inputs, stepMs);
  const losses = stock ? compareLosses(ours.firstLoss, stock.firstLoss) : { ok: true, loss: ours.firstLoss };
  return {
    ok: losses.ok,
    result: {
      memory: o.memory,
      tunedChoices: backend.choices?.size ?? 0,
      stepMs: significant(stepMs),
      ...(stock && {
        stockStepMs: significant(median(stock.times)),
        speedup: significant(median(stock.times) / stepMs),
      }),
      dispatches: ours.dispatches,
      ...(stock && { stockDispatches: stock.dispatches }),
      allocatedBytes,
      plannedBytes: plannedBytes(backend, inputs, { level: o.memory, tunes: false }),
      ...(stock && { stockAllocatedBytes: stock.counts.peakBytes }),
      gflops: significant(gflops),
      matmulGflops: matmul.gflops,
      efficiency: significant(gflops / matmul.gflops),
      firstStepMs: significant(ours.firstStepMs),
      ...(stock && { stockFirstStepMs: significant(stock.firstStepMs) }),
      repeats: ours.times.length,
      ...(stock && { stockRepeats: stock.times.length }),
      samplesMs: ours.times.map((ms) => significant(ms)),
      ...(stock && { stockSamplesMs: stock.times.map((ms) => significant(ms)) }),
      losses,
      matmul: matmul.variants,
    },
  };
}

function wantsStockSample(times: readonly number[], repeats: number | null): boolean {
  const [first = 0] = times;
  return times.length < (repeats ?? (first > SLOW_STEP_MS ? 1 : STOCK_REPEATS));
}

async function beginStock(inputs: StepInputs): Promise<Timed> {
  const { installStock } = await import('../engine/check/stockResNet');
  const { stockTrainer } = await import('./stockStep');
  const gpu = await openGpu(navigator.gpu);
  const counts = meter(gpu.device);
  installStock(gpu);
  return begin(counts, () => stockTrainer(gpu, inputs));
}

/** Three times the forward pass's, two a multiplication and addition, zero padding counted. */
export function stepGflops({ arch, size, batch, classes }: StepInputs, stepMs: number): number {
  return (6 * forwardMacs(arch, size, classes.length) * batch) / stepMs / 1e6;
}

function compareLosses(ours: number, stock: number) {
  const relativeDifference = Math.abs(ours - stock) / Math.abs(stock);
  return { ok: relativeDifference < LOSS_TOLERANCE, ours, stock, relativeDifference };
}
