/** `bench -- steps`: whether memory and tensors stay what they are over many steps. */
import { memory } from '@tensorflow/tfjs-core';
import type { StudioBackend } from '../engine/gpu/backend';
import type { StepsOptions } from './arguments';
import { meter } from './meter';
import { ourTrainer } from './ourStep';
import { median, significant } from './statistics';
import { stepInputs } from '../engine/check/stepInputs';

/** Steps after which everything that is kept has been made. */
const WARM_STEPS = 3;
/** What counts as flat: uniform buffers of a few bytes come and go with the optimiser's step. */
const FLAT = 1e-3;

export async function benchSteps(backend: StudioBackend, o: StepsOptions): Promise<{ ok: boolean; result: object }> {
  const counts = meter(backend.device);
  const trainer = ourTrainer(backend, stepInputs(o), { level: o.memory, tunes: false });
  const samples: { bytes: number; usedBytes: number; tensors: number; ms: number; loss: number }[] = [];
  for (let i = 0; i < o.steps + WARM_STEPS; i++) {
    const started = performance.now();
    const loss = await trainer.step();
    const ms = performance.now() - started;
    samples.push({ bytes: counts.bytes, tensors: memory().numTensors, usedBytes: backend.usedBytes(), ms, loss });
  }
  trainer.dispose();
  const warm = samples.slice(WARM_STEPS);
  const bytes = course(warm.map((s) => s.bytes));
  const used = course(warm.map((s) => s.usedBytes));
  const tensors = course(warm.map((s) => s.tensors));
  const ok = bytes.max <= bytes.first * (1 + FLAT) && used.max === used.first && tensors.max === tensors.first;
  return {
    ok,
    result: {
      steps: o.steps,
      flat: ok,
      allocatedBytes: bytes,
      peakAllocatedBytes: counts.peakBytes,
      tensorBytes: used,
      tensors,
      stepMs: significant(median(warm.map((s) => s.ms))),
      loss: course(warm.map((s) => significant(s.loss))),
    },
  };
}

function course(values: readonly number[]) {
  return { first: values[0] ?? NaN, last: values.at(-1) ?? NaN, max: Math.max(...values) };
}
