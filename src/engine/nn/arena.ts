/**
 * Many small tensors in one buffer, so that an optimiser steps them all at once and a batch norm costs no allocation.
 * Every slice starts on a boundary that WebGPU can bind.
 */
import { bytesOf, type GpuTensor, type Recorder } from '../gpu/recorder';

export interface Arena {
  whole: GpuTensor;
  slices: ReadonlyMap<string, GpuTensor>;
}

/** WebGPU's default `minStorageBufferOffsetAlignment`. */
const ALIGNMENT = 256;

/** One float32 buffer for all of `specs`, in order. Whoever asks for it releases `whole`. */
export function allocateArena(recorder: Recorder, specs: Iterable<{ key: string; shape: readonly number[] }>): Arena {
  let offset = 0;
  const laidOut = [...specs].map(({ key, shape }) => {
    const slice = { key, shape: [...shape], offset };
    offset = Math.ceil((offset + bytesOf({ shape: slice.shape, dtype: 'float32' })) / ALIGNMENT) * ALIGNMENT;
    return slice;
  });
  const whole = recorder.allocate([offset / 4]);
  const slices = new Map(laidOut.map(({ key, shape, offset: at }) => [key, { ...whole, shape, offset: at }]));
  return { whole, slices };
}

/** A run of neighbouring slices: as one flat tensor, and by key. */
export interface Run {
  whole: GpuTensor;
  keys: readonly string[];
}

/**
 * `slices` of one arena, joined where they are neighbours there. No run is longer than `maxBytes`, unless a single
 * slice is.
 */
export function contiguousRuns(slices: ReadonlyMap<string, GpuTensor>, maxBytes: number): Run[] {
  const sorted = [...slices].sort(([, a], [, b]) => a.offset! - b.offset!);
  const runs: { start: number; end: number; tensor: GpuTensor; keys: string[] }[] = [];
  for (const [key, tensor] of sorted) {
    const start = tensor.offset!;
    const end = Math.ceil((start + bytesOf(tensor)) / ALIGNMENT) * ALIGNMENT;
    const last = runs.at(-1);
    if (last && last.end === start && end - last.start <= maxBytes) {
      last.end = end;
      last.keys.push(key);
    } else {
      runs.push({ start, end, tensor, keys: [key] });
    }
  }
  return runs.map(({ start, end, tensor, keys }) => ({
    whole: { ...tensor, shape: [(end - start) / 4], offset: start },
    keys,
  }));
}
