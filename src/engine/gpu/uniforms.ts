/**
 * The uniforms of dispatches that have been recorded and not submitted yet, in one buffer at offsets of their own. It is
 * written once a submit, just before it; the next submit may use the same places, for a queue does things in order.
 */
/** WebGPU's default `minUniformBufferOffsetAlignment`, in words. */
const SLOT_WORDS = 256 / 4;

export class Uniforms {
  readonly buffer: GPUBuffer;
  private readonly words: Uint32Array<ArrayBuffer>;
  /** Words that wait to be written. */
  private used = 0;

  /** @param slots 256 bytes each; a dispatch takes as many as its uniforms fill. */
  constructor(
    private readonly queue: GPUQueue,
    createBuffer: (size: number, usage: GPUBufferUsageFlags) => GPUBuffer,
    slots: number,
  ) {
    this.words = new Uint32Array(slots * SLOT_WORDS);
    this.buffer = createBuffer(this.words.byteLength, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  }

  /** Whether as many words would go in before the next submit. */
  hasRoomFor(count: number): boolean {
    return this.used + count <= this.words.length;
  }

  /** Takes a dispatch's words; the offset in bytes at which they will be. */
  add(words: Uint32Array): number {
    const at = this.used;
    this.words.set(words, at);
    this.used += Math.ceil(words.length / SLOT_WORDS) * SLOT_WORDS;
    return at * 4;
  }

  /** Writes what waits, for the submit that comes next. */
  write(): void {
    if (this.used > 0) this.queue.writeBuffer(this.buffer, 0, this.words, 0, this.used);
    this.used = 0;
  }
}

/** Bytes of a dispatch's binding: what its shader declares, in 16s. */
export const uniformBytes = (words: Uint32Array): number => Math.max(16, Math.ceil(words.length / 4) * 16);
