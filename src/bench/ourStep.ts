/** Our training step for the benches: the one place here that knows how the engine is asked for one. */
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import type { Architecture } from '../engine/models/meta';
import { stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import { type MemoryLevel, memoryPolicy } from '../engine/memory/policy';
import { adamWOptimiser } from '../engine/optim/optimiser';
import { trainableOf, trainedTensors } from '../engine/models/parts';
import { memoryPlanFor } from '../engine/memory/memoryPlan';
import { accumulateGradients } from '../engine/models/passes';
import { tune } from '../engine/memory/kernelTuning';
import type { StepInputs, StepShape } from '../engine/check/stepInputs';
import type { Trainer } from './trainer';

export interface OurStepOptions {
  level: MemoryLevel;
  /** Fine-tuning's step: the trunk frozen, `fc` and the last norm trained. */
  tunes: boolean;
}

const partOf = (arch: Architecture, tunes: boolean) => trainableOf(arch, tunes ? 'affine' : 'all');

export function ourTrainer(backend: StudioBackend, inputs: StepInputs, { level, tunes }: OurStepOptions): Trainer {
  const { arch, batch, size, classes } = inputs;
  const state = uploadState(backend, stateSpecs(arch, classes.length), inputs.host);
  const network = { arch, classes, state };
  const { trained, mode } = trainedTensors(network, partOf(arch, tunes));
  const optimiser = adamWOptimiser(backend, trained, { lr: inputs.lr, weightDecay: 0 });
  const images = backend.allocate([batch, size, size, 3]);
  backend.writeWords(images, inputs.images);
  const labels = backend.upload(inputs.labels);
  const keeps = memoryPolicy(arch, level);
  const { gradients } = optimiser;
  return {
    async step() {
      const score = backend.allocate([2]);
      backend.clear(score);
      optimiser.clearGradients();
      accumulateGradients(backend, network, { images, labels }, { mode, keeps, gradients, score, rows: batch });
      optimiser.step();
      const values = readFloats(backend, score);
      backend.release(score);
      await backend.device.queue.onSubmittedWorkDone();
      const [loss = NaN] = await values;
      backend.gpu.throwIfFailed();
      return loss;
    },
    dispose() {
      optimiser.release();
      for (const tensor of [images, labels]) backend.release(tensor);
      releaseState(backend, state);
      backend.releasePool();
    },
  };
}

/** Chooses kernels for such steps within `seconds`, as a run does before it starts; 0: the defaults stay. */
export async function tuneFor(
  backend: StudioBackend,
  { arch, batch, size }: StepShape,
  { tunes, seconds }: Pick<OurStepOptions, 'tunes'> & { seconds: number },
): Promise<void> {
  if (seconds === 0) return;
  const tuning = tune(backend, {
    arch,
    rows: batch,
    size,
    passes: tunes ? ['forward'] : ['forward', 'inputGradient', 'filterGradient'],
    budgetSeconds: seconds,
    now: () => performance.now(),
    signal: new AbortController().signal,
  });
  for await (const { done, of } of tuning) if (done === 0) console.error(`tuning ${of} operations …`);
  backend.releasePool();
}

/** What the page says before such a run that it will take; null if the adapter cannot bind it. */
export function plannedBytes(
  backend: StudioBackend,
  { arch, batch, size, classes }: StepShape & Pick<StepInputs, 'classes'>,
  { level, tunes }: OurStepOptions,
): number | null {
  const training = partOf(arch, tunes);
  return (
    memoryPlanFor(backend, { arch, classes: classes.length, rows: batch, size, training }, level)?.memoryBytes ?? null
  );
}
