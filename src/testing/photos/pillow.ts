/** Photos as Pillow decodes them, which is how PyTorch's loaders see them: one Python process for many photos. */
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';

export interface PillowPhoto {
  width: number;
  height: number;
  /** RGB, [height, width, 3]. */
  pixels: Uint8Array;
}

export interface Pillow {
  /** A text says why Pillow cannot read it. One at a time. */
  read(file: string): Promise<PillowPhoto | string>;
  close(): void;
}

type Head = { bytes: number } & ({ width: number; height: number } | { failed: string });

const SCRIPT = path.join(import.meta.dirname, 'pillow_pixels.py');

/** Null where Pillow is not installed (Debian: python3-pil). */
export function openPillow(): Pillow | null {
  const python = ['/usr/bin/python3', 'python3'].find(hasPillow);
  if (python === undefined) return null;
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  /** Waits until there is an end, which `endOf` finds in what has come. */
  const take = async (endOf: (data: Buffer) => number): Promise<Buffer> => {
    const parts = [rest];
    let data = rest;
    for (let end = endOf(data); ; end = endOf(data)) {
      if (end > 0 && data.length >= end) {
        rest = data.subarray(end);
        return data.subarray(0, end);
      }
      const missing = end > 0 ? end - data.length : 1;
      for (let come = 0; come < missing;) {
        const { value, done } = await chunks.next();
        if (done) throw new Error('Pillow has ended');
        parts.push(value);
        come += value.length;
      }
      data = Buffer.concat(parts);
    }
  };
  return {
    async read(file) {
      child.stdin.write(`${file}\n`);
      const head = JSON.parse((await take((data) => data.indexOf('\n') + 1)).toString()) as Head;
      const pixels = head.bytes > 0 ? await take(() => head.bytes) : Buffer.alloc(0);
      return 'failed' in head ? head.failed : { width: head.width, height: head.height, pixels: new Uint8Array(pixels) };
    },
    close: () => child.kill(),
  };
}

function hasPillow(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import PIL.Image'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
