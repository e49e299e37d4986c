/** What every bench's JSON says: what ran, on what, of which commit, and which limits its figures kept to. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import type { AdapterReport } from '../engine/gpu/report';
import { ROOT } from '../cli/root.mjs';
import { significant } from './statistics';

export interface Head {
  bench: string;
  arguments: readonly string[];
  adapter: AdapterReport;
  /** The adapter's own words: device, driver and its version. Browsers keep them to themselves. */
  driver: string;
  /** Null outside of a working copy. */
  commit: string | null;
  node: string;
  /** ISO 8601, UTC. */
  date: string;
}

export function head(bench: string, args: readonly string[], adapter: AdapterReport, now = new Date()): Head {
  return {
    bench,
    arguments: args,
    adapter,
    driver: adapter.description || `${adapter.vendor} ${adapter.architecture}`,
    commit: commit(),
    node: process.version,
    date: now.toISOString(),
  };
}

/** A packed bench is told its commit; elsewhere Git knows. `-dirty`: with changes that no commit holds. */
export function commit(): string | null {
  const packed = process.env['BENCH_COMMIT'];
  if (packed !== undefined) return packed || null;
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '-dirty' : '');
  } catch {
    return null;
  }
}

/**
 * Prints the result as JSON, with the load of the machine and the figures that are more than they may be (null: not known).
 * Gives the exit code.
 */
export function printJudged<Name extends string>(
  result: object,
  figures: Record<Name, number | null>,
  limits: Record<NoInfer<Name>, number>,
): 0 | 1 {
  const missed = Object.entries<number>(limits).flatMap(([name, most]) => {
    const figure = figures[name as Name];
    return figure !== null && figure > most ? [`${name}: ${figure} is more than ${most}`] : [];
  });
  /** Runnable programs a core, over the last minute: other work on the machine makes all of it slower. */
  const loadPerCore = significant(loadavg()[0]! / cpus().length, 2);
  console.log(JSON.stringify({ ...result, loadPerCore, missed }, null, 2));
  return missed.length > 0 ? 1 : 0;
}
