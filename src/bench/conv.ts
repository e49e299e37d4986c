/** `bench -- conv`: every distinct convolution of a network, forward and both gradients; jax-js beside it if asked for. */
import type { StudioBackend } from '../engine/gpu/backend';
import type { ConvOptions } from './arguments';
import { convData, type ConvSide, relativeDifference } from './convSide';
import { convWork, type ConvWork, workFlops } from './convWork';
import { tuneFor } from './ourStep';
import { type OurConv, ourConv, passesOf } from './ourConv';
import { median, significant } from './statistics';

/** A sample is as many runs as take this long, so that the round trip to the GPU does not count. */
const SAMPLE_MS = 50;
const MAX_RUNS = 20;
/** f32 sums of up to 16,384 terms in other orders. */
const TOLERANCE = 1e-4;

interface Side {
  run: (times: number) => Promise<void>;
  timesMs: number[];
  runs: number;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** Milliseconds a run of each, medians of `repeats` samples that take turns. Everything has run once before. */
export async function timeInTurn(runs: readonly Side['run'][], repeats: number): Promise<number[]> {
  const sides: Side[] = [];
  for (const run of runs) {
    const once = await timed(() => run(1));
    sides.push({ run, timesMs: [], runs: Math.max(1, Math.min(MAX_RUNS, Math.round(SAMPLE_MS / once))) });
  }
  for (let i = 0; i < repeats; i++) {
    for (const side of sides) side.timesMs.push((await timed(() => side.run(side.runs))) / side.runs);
  }
  return sides.map(({ timesMs }) => median(timesMs));
}

/** GFLOP/s of each pass alone. */
export async function passGflops(ours: OurConv, work: ConvWork, batch: number, repeats: number) {
  const passes = passesOf(work);
  const times = await timeInTurn(
    passes.map((pass) => (n: number) => ours.runPass(pass, n)),
    repeats,
  );
  return Object.fromEntries(passes.map((pass, i) => [pass, significant((2 * work.macs * batch) / times[i]! / 1e6)]));
}

export function describe(work: ConvWork) {
  const { layer, count, inSize, inChannels, outChannels, kernel, stride, groups } = work;
  const shape = `${inSize}x${inSize}x${inChannels} → ${outChannels}, ${kernel}x${kernel} / ${stride}`;
  return { layer, count, shape: groups > 1 ? `${shape}, ${groups} groups` : shape };
}

export async function benchConv(backend: StudioBackend, o: ConvOptions): Promise<{ ok: boolean; result: object }> {
  const jax = o.against === 'jax-js' ? await import('./jaxConv') : null;
  await jax?.openJax();
  await tuneFor(backend, o, { tunes: false, seconds: o.tuneSeconds });
  const layers: object[] = [];
  const total = { ms: 0, jaxMs: 0, flops: 0, differs: 0, slower: [] as string[] };
  for (const work of convWork(o.arch, o.size)) {
    const data = convData(work, o.batch);
    const ours = ourConv(backend, work, o.batch, data);
    const theirs: ConvSide | null = (await jax?.jaxConv(work, o.batch, data)) ?? null;
    const firstMs = await timed(() => ours.run(1));
    const jaxFirstMs = theirs ? await timed(() => theirs.run(1)) : 0;
    const difference = theirs ? await worstDifference(ours, theirs) : 0;
    const [ms = NaN, jaxMs = NaN] = await timeInTurn([ours.run, ...(theirs ? [theirs.run] : [])], o.repeats);
    const flops = workFlops(work, o.batch);
    const against = theirs && {
      jaxMs: significant(jaxMs),
      jaxGflops: significant(flops / jaxMs / 1e6),
      jaxFirstMs: significant(jaxFirstMs),
      speedup: significant(jaxMs / ms),
      difference: significant(difference, 2),
    };
    const passes = theirs ? null : { passGflops: await passGflops(ours, work, o.batch, o.repeats) };
    layers.push({
      ...describe(work),
      ms: significant(ms),
      gflops: significant(flops / ms / 1e6),
      firstMs: significant(firstMs),
      ...passes,
      ...against,
    });
    total.ms += work.count * ms;
    total.flops += work.count * flops;
    total.jaxMs += theirs ? work.count * jaxMs : 0;
    total.differs = Math.max(total.differs, difference);
    if (theirs && jaxMs < ms) total.slower.push(work.layer);
    theirs?.dispose();
    ours.dispose();
    backend.gpu.throwIfFailed();
    console.error(`${work.layer}: ${ms.toFixed(2)} ms${theirs ? `, jax-js ${jaxMs.toFixed(2)} ms` : ''}`);
  }
  const against = jax && {
    jaxMs: significant(total.jaxMs),
    speedup: significant(total.jaxMs / total.ms),
    slowerLayers: total.slower,
    largestDifference: significant(total.differs, 2),
  };
  return {
    ok: total.differs < TOLERANCE,
    result: {
      repeats: o.repeats,
      tunedChoices: backend.choices?.size ?? 0,
      total: { ms: significant(total.ms), gflops: significant(total.flops / total.ms / 1e6), ...against },
      layers,
    },
  };
}

async function worstDifference(ours: ConvSide, theirs: ConvSide): Promise<number> {
  const [actual, expected] = [await ours.results(), await theirs.results()];
  return Math.max(...expected.map((values, i) => relativeDifference(actual[i] ?? new Float32Array(), values)));
}
