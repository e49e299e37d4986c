/**
 * `bench -- gpu`: what this machine's GPU does, in under eight minutes. Every part has a time limit and a process of its
 * own, so that one which hangs, crashes or runs out of memory costs its own figures alone.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import type { AdapterReport } from '../engine/gpu/report';
import type { GpuOptions, GpuPart } from './arguments';
import { head } from './report';
import { significant } from './statistics';

interface Shape {
  batch: number;
  size: number;
}

/** Seconds a part may take, starting included; 450 in all. */
const LIMITS_S: Record<GpuPart, number> = { matmul: 70, step: 150, finetune: 80, layers: 150 };
const SHAPES: Record<'full' | 'small', Record<Exclude<GpuPart, 'matmul'>, Shape>> = {
  full: { step: { batch: 64, size: 224 }, finetune: { batch: 64, size: 384 }, layers: { batch: 64, size: 224 } },
  small: { step: { batch: 4, size: 64 }, finetune: { batch: 4, size: 96 }, layers: { batch: 4, size: 64 } },
};
const REPEATS = 3;
/** Halvings of a batch that fails, for want of memory most likely. */
const MAX_ATTEMPTS = 3;

interface PartResult {
  lines: Record<string, unknown>[];
  /** Null if the part went to its end. */
  cutShort: string | null;
  seconds: number;
}

/** Runs one part; never rejects. */
export function runPart(command: readonly string[], limitMs: number): Promise<PartResult> {
  return new Promise((resolve) => {
    const started = performance.now();
    const [program = '', ...args] = command;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    let timedOut = false;
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, limitMs);
    const end = (failure: string | null) => {
      clearTimeout(timer);
      resolve({ lines: parseLines(out), cutShort: failure, seconds: (performance.now() - started) / 1000 });
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) => {
      if (timedOut) end(`stopped after its ${Math.round(limitMs / 1000)} s`);
      else end(code === 0 ? null : `failed (${signal ?? `exit code ${code}`}): ${reason(errors)}`);
    });
  });
}

/** The complete lines of JSON; a process that was stopped may have left half a one. */
export function parseLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [{ ...value }] : [];
    } catch {
      return [];
    }
  });
}

/** The line of an error message among Dawn's warnings and a stack. */
function reason(errors: string): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'no message').trim().slice(0, 500);
}

export async function benchGpu(o: GpuOptions, args: readonly string[]): Promise<{ ok: boolean; result: object }> {
  const started = performance.now();
  // This very program, with a part to run: under Vite and packed alike.
  const own = process.argv.slice(0, process.argv.indexOf('gpu') + 1);
  const run = async (part: GpuPart, shape: Shape, limitS: number) => {
    const wanted = { part, arch: o.arch, memory: o.memory, tune: o.tuneSeconds, repeats: REPEATS, ...shape };
    const flags = Object.entries(wanted).flatMap(([name, value]) => [`--${name}`, String(value)]);
    console.error(
      `${part}${part === 'matmul' ? '' : ` (batch ${shape.batch}, ${shape.size} px)`}: up to ${limitS} s …`,
    );
    return runPart([...own.slice(0, 1), ...process.execArgv, ...own.slice(1), ...flags], limitS * 1000);
  };

  const matmul = await run('matmul', { batch: 1, size: 1 }, LIMITS_S.matmul);
  const [first] = matmul.lines;
  if (!first) throw new Error(`No matrix product could be timed: ${matmul.cutShort}`);
  const { adapter, gflops: peak, variants } = first as { adapter: AdapterReport; gflops: number; variants: object[] };
  const scale = o.scale ?? (adapter.software ? 'small' : 'full');
  const notes = notesOn(adapter, scale, o.scale === null);
  for (const note of notes) console.error(note);

  const withEfficiency = (line: Record<string, unknown>) =>
    typeof line['gflops'] === 'number' ? { ...line, efficiency: significant(line['gflops'] / peak) } : line;
  const parts: Record<string, object> = {};
  for (const part of ['step', 'finetune'] as const) {
    const { result, batch } = await shrinking(SHAPES[scale][part], LIMITS_S[part], (shape, limitS) =>
      run(part, shape, limitS),
    );
    const last = result.lines.at(-1);
    parts[part] = {
      arch: o.arch,
      memory: o.memory,
      batch,
      size: SHAPES[scale][part].size,
      ...(last ? withEfficiency(last) : { skipped: result.cutShort }),
      ...(last && result.cutShort !== null && { cutShort: result.cutShort }),
    };
  }
  const table = await shrinking(SHAPES[scale].layers, LIMITS_S.layers, (shape, limitS) => run('layers', shape, limitS));
  return {
    ok: true,
    result: {
      ...head('gpu', args, adapter),
      scale,
      notes,
      matmulGflops: peak,
      ...parts,
      layers: {
        batch: table.batch,
        size: SHAPES[scale].layers.size,
        ...(table.result.cutShort !== null && { cutShort: table.result.cutShort }),
        rows: table.result.lines.map((row) => ({ ...row, shareOfPeak: shares(row['gflops'], peak) })),
      },
      matmul: variants,
      seconds: significant((performance.now() - started) / 1000),
    },
  };
}

function notesOn({ software, description }: AdapterReport, scale: string, chosen: boolean): string[] {
  if (!software) return [];
  const scaled = chosen && scale === 'small' ? ' The benches are scaled down (--scale small).' : '';
  return [`"${description}" is a software adapter: a processor, not a GPU.${scaled}`];
}

/** Tries ever smaller batches within the time; a part that gave any figure counts. */
async function shrinking(
  { batch, size }: Shape,
  limitS: number,
  attempt: (shape: Shape, limitS: number) => Promise<PartResult>,
): Promise<{ result: PartResult; batch: number }> {
  let left = limitS;
  for (let tries = 1; ; tries++) {
    const result = await attempt({ batch, size }, Math.round(left));
    left -= result.seconds;
    if (result.lines.length > 0 || tries === MAX_ATTEMPTS || batch === 1 || left < limitS / 4) return { result, batch };
    console.error(`batch ${batch}: ${result.cutShort}`);
    batch = Math.floor(batch / 2);
  }
}

function shares(gflops: unknown, peak: number): Record<string, number> {
  if (typeof gflops !== 'object' || gflops === null) return {};
  return Object.fromEntries(
    Object.entries(gflops).map(([pass, value]) => [pass, significant(Number(value) / peak, 3)]),
  );
}
