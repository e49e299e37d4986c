/** One part of `bench -- gpu`, in a process of its own: what it finds is written line by line, as JSON, as it is found. */
import process from 'node:process';
import type { StudioBackend } from '../engine/gpu/backend';
import type { GpuOptions, GpuPart } from './arguments';
import { convData } from './convSide';
import { convWork } from './convWork';
import { describe, passGflops } from './conv';
import { benchMatmul } from './matmul';
import { meter } from './meter';
import { ourConv } from './ourConv';
import { ourTrainer, plannedBytes, tuneFor } from './ourStep';
import { median, significant } from './statistics';
import { stepGflops } from './step';
import { stepInputs } from '../engine/check/stepInputs';

export async function runGpuPart(backend: StudioBackend, part: GpuPart, o: GpuOptions): Promise<void> {
  const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  switch (part) {
    case 'matmul':
      return void tell({ adapter: backend.report, ...(await benchMatmul(backend.gpu)) });
    case 'step':
    case 'finetune':
      return timeSteps(backend, part === 'finetune', o, tell);
    case 'layers':
      return timeLayers(backend, o, tell);
    default:
      return part satisfies never;
  }
}

/** Every line says what is known so far: whoever reads takes the last. */
async function timeSteps(backend: StudioBackend, tunes: boolean, o: GpuOptions, tell: (line: object) => void) {
  await tuneFor(backend, o, { tunes, seconds: o.tuneSeconds });
  const inputs = stepInputs(o);
  const options = { level: o.memory, tunes };
  const counts = meter(backend.device);
  const trainer = ourTrainer(backend, inputs, options);
  const times: number[] = [];
  let firstStepMs = 0;
  let dispatches = 0;
  for (let i = 0; i <= o.repeats; i++) {
    const [before, started] = [counts.dispatches, performance.now()];
    const loss = await trainer.step();
    const ms = performance.now() - started;
    if (!Number.isFinite(loss)) throw new Error(`The loss of step ${i + 1} is ${loss}`);
    if (i === 0) firstStepMs = ms;
    else times.push(ms);
    dispatches = counts.dispatches - before;
    const stepMs = median(times.length > 0 ? times : [ms]);
    tell({
      firstStepMs: significant(firstStepMs),
      stepMs: significant(stepMs),
      repeats: times.length,
      imagesPerSecond: significant((1000 * o.batch) / stepMs),
      // A frozen trunk runs forward alone.
      gflops: significant(stepGflops(inputs, stepMs) / (tunes ? 3 : 1)),
      dispatches,
      allocatedBytes: counts.peakBytes,
      plannedBytes: plannedBytes(backend, inputs, options),
    });
  }
  trainer.dispose();
}

async function timeLayers(backend: StudioBackend, o: GpuOptions, tell: (line: object) => void) {
  await tuneFor(backend, o, { tunes: false, seconds: o.tuneSeconds });
  for (const work of convWork(o.arch, o.size)) {
    const ours = ourConv(backend, work, o.batch, convData(work, o.batch));
    await ours.run(1);
    tell({ ...describe(work), gflops: await passGflops(ours, work, o.batch, o.repeats) });
    ours.dispose();
    backend.gpu.throwIfFailed();
  }
}
