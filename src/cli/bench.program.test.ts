import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';

test.each(['check', 'lasting', 'loader', 'weights', 'step'])(
  'bench %s ends with code 2 at an unknown option',
  (bench) => {
    const program = path.resolve(import.meta.dirname, 'run.mjs');
    const { status, stderr } = spawnSync(process.execPath, [program, 'bench', bench, '--bogus'], { encoding: 'utf8' });
    expect(stderr).toContain('Usage: npm run bench -- ');
    expect(status).toBe(2);
  },
);
