/**
 * Many small tensors in one buffer, so that an optimiser steps them all at once and a batch norm costs no allocation.
 * Every slice starts on a boundary that WebGPU can bind.
 */
import { assertBindable, bindableBytes, bytesOf, type GpuTensor, type Recorder } from '../gpu/recorder';

export interface Arena {
  whole: GpuTensor;
  slices: ReadonlyMap<string, GpuTensor>;
}

/** WebGPU's default `minStorageBufferOffsetAlignment`. */
const ALIGNMENT = 256;

interface Slice {
  key: string;
  shape: readonly number[];
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
const sliceBytes = ({ shape }: Slice) => aligned(bytesOf({ shape: [...shape], dtype: 'float32' }));

/** One float32 buffer for all of `specs`, in order. Whoever asks for it releases `whole`. */
export function allocateArena(recorder: Recorder, specs: Iterable<Slice>): Arena {
  let offset = 0;
  const laidOut = [...specs].map((slice) => {
    const at = offset;
    offset += sliceBytes(slice);
    return { ...slice, offset: at };
  });
  const whole = recorder.allocate([offset / 4]);
  const slices = new Map(
    laidOut.map(({ key, shape, offset: at }) => [key, { ...whole, shape: [...shape], offset: at }]),
  );
  return { whole, slices };
}

/**
 * As few buffers as the adapter can bind, for `specs` in order. Whoever asks for them releases every `whole`.
 * @throws StudioError `exceeds-limits`, naming a tensor that is more than a binding by itself.
 */
export function allocateArenas(recorder: Recorder, specs: Iterable<Slice>): Arena[] {
  const parts: { bytes: number; slices: Slice[] }[] = [];
  for (const slice of specs) {
    const bytes = sliceBytes(slice);
    assertBindable(recorder.report, slice.shape, bytes, slice.key);
    const last = parts.at(-1);
    if (last && last.bytes + bytes <= bindableBytes(recorder.report)) {
      last.bytes += bytes;
      last.slices.push(slice);
    } else {
      parts.push({ bytes, slices: [slice] });
    }
  }
  return parts.map(({ slices }) => allocateArena(recorder, slices));
}

/** The slices of all of them, by key. */
export function slicesOf(arenas: readonly Arena[]): Map<string, GpuTensor> {
  return new Map(arenas.flatMap(({ slices }) => [...slices]));
}

/** A run of neighbouring slices: as one flat tensor, and by key. */
export interface Run {
  whole: GpuTensor;
  keys: readonly string[];
}

/** `slices` of arenas, joined where they are neighbours in one. No run is longer than `maxBytes`, unless a single slice is. */
export function contiguousRuns(slices: ReadonlyMap<string, GpuTensor>, maxBytes: number): Run[] {
  const order = new Map([...new Set([...slices.values()].map(({ dataId }) => dataId))].map((id, i) => [id, i]));
  const sorted = [...slices].sort(
    ([, a], [, b]) => order.get(a.dataId)! - order.get(b.dataId)! || a.offset! - b.offset!,
  );
  const runs: { start: number; end: number; tensor: GpuTensor; keys: string[] }[] = [];
  for (const [key, tensor] of sorted) {
    const start = tensor.offset!;
    const end = start + aligned(bytesOf(tensor));
    const last = runs.at(-1);
    if (last && last.tensor.dataId === tensor.dataId && last.end === start && end - last.start <= maxBytes) {
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
