/** The benches' arguments: what is wrong is refused by name before a GPU is opened. */
import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture } from '../../engine/models/meta';
import { UsageError } from '../headlessOptions';

export const USAGE = `Usage: npm run bench -- BENCH [options]

  step [--against stock]     a training step, and the same in stock TensorFlow.js
  conv [--against jax-js]    every convolution of a network with both gradients, and the same in jax-js

  --arch NAME                ${ARCHITECTURES.join(', ')}
  --batch N  --size PX       photos a step, resolution
  --repeats N                timed samples after a warm-up; --stock-repeats N for the other side`;

export interface StepOptions {
  bench: 'step';
  arch: Architecture;
  batch: number;
  size: number;
  repeats: number;
  /** Null: as many as its speed allows. */
  stockRepeats: number | null;
  against: 'stock' | null;
}

export interface ConvOptions {
  bench: 'conv';
  arch: Architecture;
  batch: number;
  size: number;
  repeats: number;
  against: 'jax-js' | null;
}

export type BenchOptions = StepOptions | ConvOptions;

const BENCHES = ['step', 'conv'] as const;

/** @throws UsageError naming the argument and what is wrong with it. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseFlags(args);
  const [named = '', ...rest] = positionals;
  const bench = oneOf('bench', named, BENCHES);
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is more than one bench`);
  const shape = (arch: Architecture, batch: number, size: number) => ({
    arch: oneOf('--arch', values.arch ?? arch, ARCHITECTURES),
    batch: count('--batch', values.batch ?? batch),
    size: count('--size', values.size ?? size),
  });
  const repeats = count('--repeats', values.repeats ?? 5);
  switch (bench) {
    case 'step':
      return {
        bench,
        ...shape('resnet50', 4, 64),
        repeats,
        stockRepeats: values['stock-repeats'] === undefined ? null : count('--stock-repeats', values['stock-repeats']),
        against: values.against === undefined ? null : oneOf('--against', values.against, ['stock'] as const),
      };
    case 'conv':
      return {
        bench,
        ...shape('resnet50', 4, 64),
        repeats,
        against: values.against === undefined ? null : oneOf('--against', values.against, ['jax-js'] as const),
      };
    default:
      return bench satisfies never;
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        arch: { type: 'string' },
        batch: { type: 'string' },
        size: { type: 'string' },
        repeats: { type: 'string' },
        'stock-repeats': { type: 'string' },
        against: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(name: string, value: string | number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`${name} ${value} is no positive whole number`);
  return number;
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${name} "${value}" is none of ${known.join(', ')}`);
  return found;
}
