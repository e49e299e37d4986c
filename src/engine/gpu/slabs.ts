/**
 * GPU memory for tensors, cut from a few large buffers. TensorFlow.js gives every size a buffer of its own and keeps them
 * all for ever; a step's tensors differ so much in size that this takes half as much again as is ever in use. Here
 * whatever has been released joins its free neighbours and serves any size.
 */
export interface Slab<Buffer> {
  readonly buffer: Buffer;
  readonly bytes: number;
  /** Free ranges, in order, none touching another. */
  free: { start: number; end: number }[];
}

export interface Allocation<Buffer> {
  readonly slab: Slab<Buffer>;
  readonly start: number;
  readonly end: number;
}

/** WebGPU's default `minStorageBufferOffsetAlignment`. */
export const ALIGNMENT = 256;

const MIB = 2 ** 20;
/** A new slab is as large as a share of what there is, so that small networks take little, within these bounds. */
const GROWTH = { share: 1 / 4, least: 16 * MIB, most: 200 * MIB };

/** This many allocations back, a slab counts as just used. */
const RECENT = 2;

export class Slabs<Buffer> {
  private slabs: Slab<Buffer>[] = [];
  /** Where the last tensors went: one that is read and one that is written should not share a buffer. */
  private recent: Slab<Buffer>[] = [];
  allocatedBytes = 0;
  usedBytes = 0;
  /** The most that was ever allocated. */
  peakBytes = 0;

  constructor(
    private readonly create: (bytes: number) => Buffer,
    private readonly destroy: (buffer: Buffer) => void,
    private readonly maxBufferBytes: number,
  ) {}

  allocate(bytes: number): Allocation<Buffer> {
    const size = Math.ceil(Math.max(bytes, 4) / ALIGNMENT) * ALIGNMENT;
    const slab = this.fitting(size) ?? this.grow(size);
    const at = tightest(slab, size);
    const range = slab.free[at]!;
    const allocation = { slab, start: range.start, end: range.start + size };
    range.start += size;
    if (range.start === range.end) slab.free.splice(at, 1);
    this.usedBytes += size;
    this.recent = [slab, ...this.recent].slice(0, RECENT);
    return allocation;
  }

  release({ slab, start, end }: Allocation<Buffer>): void {
    this.usedBytes -= end - start;
    const { free } = slab;
    let at = free.findIndex((range) => range.start >= end);
    if (at < 0) at = free.length;
    const before = free[at - 1];
    const after = free[at];
    const joinsBefore = before?.end === start;
    const joinsAfter = after?.start === end;
    if (joinsBefore && joinsAfter) {
      before.end = after.end;
      free.splice(at, 1);
    } else if (joinsBefore) {
      before.end = end;
    } else if (joinsAfter) {
      after.start = start;
    } else {
      free.splice(at, 0, { start, end });
    }
  }

  /** Destroys the slabs in which nothing is in use. What has been recorded must have been submitted. */
  trim(): void {
    const empty = this.slabs.filter(({ bytes, free }) => free[0]?.end === bytes && free[0].start === 0);
    for (const { buffer, bytes } of empty) {
      this.destroy(buffer);
      this.allocatedBytes -= bytes;
    }
    this.slabs = this.slabs.filter((slab) => !empty.includes(slab));
    this.recent = [];
  }

  /** The slab with the tightest room for `size`, if possible not one of those last used. */
  private fitting(size: number): Slab<Buffer> | null {
    const rooms = this.slabs.flatMap((slab) => {
      const range = slab.free[tightest(slab, size)];
      return range ? [{ slab, room: range.end - range.start, recent: Number(this.recent.includes(slab)) }] : [];
    });
    const [best] = rooms.sort((a, b) => a.recent - b.recent || a.room - b.room);
    return best && (best.recent === 0 || this.slabs.length > RECENT) ? best.slab : null;
  }

  private grow(size: number): Slab<Buffer> {
    const wanted = Math.min(Math.max(this.allocatedBytes * GROWTH.share, GROWTH.least), GROWTH.most);
    const bytes = Math.max(size, Math.floor(Math.min(wanted, this.maxBufferBytes) / ALIGNMENT) * ALIGNMENT);
    const slab = { buffer: this.create(bytes), bytes, free: [{ start: 0, end: bytes }] };
    this.slabs.push(slab);
    this.allocatedBytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.allocatedBytes);
    return slab;
  }
}

/** Index of the slab's smallest free range of at least `size`; -1 if there is none. */
function tightest<Buffer>({ free }: Slab<Buffer>, size: number): number {
  let best = -1;
  let room = Infinity;
  for (const [i, { start, end }] of free.entries()) {
    if (end - start >= size && end - start < room) {
      best = i;
      room = end - start;
    }
  }
  return best;
}
