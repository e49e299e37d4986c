/** `pixelRows.wat`, opened, with the memory that it works in. */
import module from './pixelRows.wat';

/** Addresses and strides are bytes; what the functions do is said where they are written. */
export interface PixelRows {
  memory: WebAssembly.Memory;
  upsample: (near: number, far: number, count: number, evenRound: number, oddRound: number, out: number) => void;
  convert: (luma: number, cb: number, cr: number, count: number, out: number) => void;
  across: (line: number, starts: number, weights: number, taps: number, count: number, out: number) => void;
  down: (rows: number, weights: number, taps: number, stride: number, out: number) => void;
}

/** Rows are read and written past their end by less than this, bytes. */
export const VECTOR_BYTES = 16;

const PAGE_BYTES = 65536;
let opened: PixelRows | undefined;

/** With `sizeBytes` of memory at least; what earlier callers left there is gone. It grows to the largest photo's, and stays so. */
export function openPixelRows(sizeBytes: number): PixelRows {
  opened ??= new WebAssembly.Instance(new WebAssembly.Module(module)).exports as unknown as PixelRows;
  const lacking = Math.ceil((sizeBytes - opened.memory.buffer.byteLength) / PAGE_BYTES);
  if (lacking > 0) opened.memory.grow(lacking);
  return opened;
}

/** Where rows of RGBA come from. */
export interface RowSource {
  /** Memory that it needs, from address 0 on; a multiple of 4. */
  sizeBytes: number;
  /** Makes the function that writes row `y` as RGBA from address `to` on, and up to `VECTOR_BYTES` more. */
  open(kernels: PixelRows): (y: number, to: number) => void;
}
