/** One optimiser step: steps 7 to 11 of the data's path. */
import type { StepRecord } from '../base/records';
import type { StudioBackend } from '../gpu/backend';
import { readFloats } from '../gpu/readback';
import type { GpuTensor } from '../gpu/recorder';
import type { MemoryPlan } from '../memory/memoryPlan';
import { memoryPolicy } from '../memory/policy';
import { accumulateGradients, type Network } from '../models/passes';
import type { NormMode } from '../nn/layers';
import type { WeightAverage } from '../optim/average';
import type { Optimiser, Rates } from '../optim/optimiser';
import type { RunContext } from './context';
import type { InputBatch } from './inputs';
import type { Mixing } from './mixing';
import { notFinite } from './notFinite';
import type { Targets } from './targets';

/** What is stepped, and how a batch goes through it. */
export interface SteppedNetwork {
  network: Network;
  mode: NormMode;
  room: Pick<MemoryPlan, 'microBatch' | 'level'>;
  /** Steps what is trained. */
  optimiser: Optimiser;
  /** Takes in the weights of every step. */
  average?: WeightAverage | null;
}

/** What one step is taken with. */
export interface StepInputs {
  batch: InputBatch;
  targets: Targets;
  mixing: Mixing | null;
  rates: Rates;
  /** Dropout's seed. */
  dropped: number;
}

/**
 * Forward, backward and the optimiser on one batch → [loss, right answers], the caller's. A batch above `microBatch` goes
 * in parts whose gradients are added up: exact but for the batch statistics, which are then a part's. Does not wait for
 * the GPU.
 */
export function takeStep(
  { backend, precision }: RunContext,
  { network, mode, optimiser, average, room: { microBatch, level } }: SteppedNetwork,
  { batch: { indices, toGpu }, targets, mixing, rates, dropped }: StepInputs,
): GpuTensor {
  const score = backend.allocate([2]);
  backend.clear(score);
  optimiser.clearGradients();
  const { gradients, scaling } = optimiser;
  const keeps = memoryPolicy(network.arch, level);
  try {
    const rows = indices.length;
    for (let start = 0; start < rows; start += microBatch) {
      const end = Math.min(start + microBatch, rows);
      const part = {
        images: toGpu(backend, { start, end, mixing }),
        labels: backend.upload(targets.labels.slice(start, end)),
        targets: targets.values && uploadRows(backend, targets.values, { start, end, rows }),
      };
      try {
        const dropout = { seed: dropped, firstRow: start };
        const options = { mode, keeps, gradients, precision, scaling, score, rows: targets.divisor, dropout };
        accumulateGradients(backend, network, part, options);
      } finally {
        for (const tensor of Object.values(part)) if (tensor) backend.release(tensor);
      }
    }
  } catch (error) {
    backend.release(score);
    throw error;
  }
  optimiser.step(rates);
  average?.update();
  backend.flush();
  return score;
}

/** Rows `start` to `end` of `values`, [`rows`, K]. */
function uploadRows(
  backend: StudioBackend,
  values: Float32Array<ArrayBuffer>,
  { start, end, rows }: { start: number; end: number; rows: number },
): GpuTensor {
  const columns = values.length / rows;
  const tensor = backend.allocate([end - start, columns]);
  backend.writeWords(tensor, values.slice(start * columns, end * columns));
  return tensor;
}

/** What a step has come to, and of how many photos. */
export interface StepDone {
  record: StepRecord;
  images: number;
}

/**
 * Its numbers once they are home; releases `score`.
 * @throws StudioError `not-finite` if the loss is.
 */
export async function readStep(
  backend: StudioBackend,
  score: GpuTensor,
  { images, epoch, globalStep }: { images: number; epoch: number; globalStep: number },
): Promise<StepDone> {
  const values = readFloats(backend, score);
  backend.release(score);
  const [lossValue = NaN, right = NaN] = await values;
  if (!Number.isFinite(lossValue))
    throw notFinite(`The loss became ${lossValue} in step ${globalStep} of epoch ${epoch}`);
  return { record: { globalStep, epoch, loss: lossValue, accuracy: right / images }, images };
}
