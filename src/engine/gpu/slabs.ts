/**
 * GPU memory for tensors, cut from a few large buffers. TensorFlow.js gives every size a buffer of its own and keeps them
 * all for ever; a step's tensors differ so much in size that this takes half as much again as is ever in use. Here
 * whatever has been released joins its free neighbours and serves any size.
 */
export interface Slab<Buffer> {
  readonly buffer: Buffer;
  readonly bytes: number;
  readonly small: boolean;
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
const GROWTH = { share: 1 / 8, least: 8 * MIB, most: 200 * MIB };

/** What is smaller lies apart from the rest: statistics and tables, which everything reads. */
const SMALL = MIB / 4;
const SMALL_SLAB = 2 * MIB;

export class Slabs<Buffer> {
  private slabs: Slab<Buffer>[] = [];
  allocatedBytes = 0;
  usedBytes = 0;
  /** The most that was ever allocated. */
  peakBytes = 0;

  constructor(
    private readonly create: (bytes: number) => Buffer,
    private readonly destroy: (buffer: Buffer) => void,
    private readonly maxBufferBytes: number,
  ) {}

  /** @param notSharedWith Slabs that should not be used if that can be helped: what is read with it lies there. */
  allocate(bytes: number, notSharedWith: ReadonlySet<Slab<Buffer>> = NOWHERE): Allocation<Buffer> {
    const size = Math.ceil(Math.max(bytes, 4) / ALIGNMENT) * ALIGNMENT;
    const slab = this.fitting(size, notSharedWith) ?? this.grow(size);
    const at = tightest(slab, size);
    const range = slab.free[at]!;
    const allocation = { slab, start: range.start, end: range.start + size };
    range.start += size;
    if (range.start === range.end) slab.free.splice(at, 1);
    this.usedBytes += size;
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
  }

  /** The slab with the tightest room for `size`; for large sizes, and until there are a few, not one of those apart. */
  private fitting(size: number, notSharedWith: ReadonlySet<Slab<Buffer>>): Slab<Buffer> | null {
    const alike = this.slabs.filter((slab) => slab.small === size <= SMALL);
    const rooms = alike.flatMap((slab) => {
      const range = slab.free[tightest(slab, size)];
      return range ? [{ slab, room: range.end - range.start, shared: Number(notSharedWith.has(slab)) }] : [];
    });
    const [best] = rooms.sort((a, b) => a.shared - b.shared || a.room - b.room);
    const few = alike.filter(({ bytes }) => bytes >= size).length < FEW;
    return best && (best.shared === 0 || best.slab.small || !few) ? best.slab : null;
  }

  private grow(size: number): Slab<Buffer> {
    const small = size <= SMALL;
    const share = Math.min(Math.max(this.allocatedBytes * GROWTH.share, GROWTH.least), GROWTH.most);
    const wanted = Math.min(small ? SMALL_SLAB : share, this.maxBufferBytes);
    const bytes = Math.max(size, Math.floor(wanted / ALIGNMENT) * ALIGNMENT);
    const slab = { buffer: this.create(bytes), bytes, small, free: [{ start: 0, end: bytes }] };
    this.slabs.push(slab);
    this.allocatedBytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.allocatedBytes);
    return slab;
  }
}

/** Among so many slabs there is mostly one that a dispatch does not use. */
const FEW = 4;
const NOWHERE: ReadonlySet<never> = new Set();

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

/** Where the tensors lie that have an allocation here. */
export function slabsOf<Buffer>(
  allocations: Pick<WeakMap<object, Allocation<Buffer>>, 'get'>,
  tensors: readonly { dataId: object }[],
): Set<Slab<Buffer>> {
  return new Set(tensors.flatMap(({ dataId }) => allocations.get(dataId)?.slab ?? []));
}
