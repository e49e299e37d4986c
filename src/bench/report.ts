/** The head of every bench's JSON: what ran, on what, of which commit. */
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import type { AdapterReport } from '../engine/gpu/report';
import { ROOT } from '../cli/project.mjs';

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
