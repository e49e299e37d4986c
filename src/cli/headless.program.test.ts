import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'fixres-headless-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the program ends with code 2 before any browser starts', () => {
  const program = path.resolve(import.meta.dirname, 'run.mjs');
  const args = ['headless', '--data', folder, '--out', folder, '--set', 'lr=fast'];
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  expect(stderr).toContain('lr is "fast"');
  expect(status).toBe(2);
});
