import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';

const program = path.resolve(import.meta.dirname, 'run.mjs');
const bench = (...args: string[]) => spawnSync(process.execPath, [program, 'bench', ...args], { encoding: 'utf8' });

test.each(['check', 'lasting', 'loader', 'weights', 'step'])(
  'bench %s ends with code 2 at an unknown option',
  (name) => {
    const { status, stderr } = bench(name, '--bogus');
    expect(stderr).toContain('Usage: npm run bench -- ');
    expect(status).toBe(2);
  },
);

test('what a bench refuses is told in words', () => {
  const { status, stderr } = bench('labels', '--data', import.meta.dirname, '--set', 'foo=1');
  expect(stderr).toMatch(/^Error: .*foo/);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(1);
});
