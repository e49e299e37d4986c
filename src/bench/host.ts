/**
 * `bench -- host`: what a training step costs the host, on a GPU that takes every command and computes nothing. It has 512 MiB,
 * which is room for a small batch of ResNet-50; the host's cost hardly depends on the batch.
 */
import type { StudioBackend } from '../engine/gpu/backend';
import type { HostOptions } from './arguments';
import { meter } from './meter';
import { ourTrainer } from './ourStep';
import { median, significant } from './statistics';
import { stepInputs } from '../engine/check/stepInputs';

export async function benchHost(backend: StudioBackend, o: HostOptions): Promise<{ ok: boolean; result: object }> {
  const counts = meter(backend.device);
  const trainer = ourTrainer(backend, stepInputs(o), { level: o.memory, tunes: false });
  const samples: { recordMs: number; stepMs: number; dispatches: number }[] = [];
  for (let i = 0; i < WARM_UP + o.repeats; i++) {
    const [before, started] = [counts.dispatches, performance.now()];
    // All commands are recorded before the step waits for anything.
    const done = trainer.step();
    const recordMs = performance.now() - started;
    await done;
    samples.push({ recordMs, stepMs: performance.now() - started, dispatches: counts.dispatches - before });
  }
  trainer.dispose();
  const timed = samples.slice(WARM_UP);
  const recordMs = median(timed.map((one) => one.recordMs));
  const { dispatches } = timed.at(-1)!;
  return {
    ok: true,
    result: {
      memory: o.memory,
      /** Recording and submitting a step's commands. */
      recordMs: significant(recordMs),
      /** The same until the loss is home. */
      stepMs: significant(median(timed.map((one) => one.stepMs))),
      dispatches,
      microsecondsPerDispatch: significant((recordMs * 1000) / dispatches),
      firstStepMs: significant(samples[0]!.stepMs),
      repeats: timed.length,
      samplesMs: timed.map((one) => significant(one.recordMs)),
    },
  };
}

/** Steps that compile shaders, and let the engine's code be compiled. */
const WARM_UP = 5;
