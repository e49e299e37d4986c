import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from './root.mjs';

test('every locked package takes the Node that this runs on', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-packages-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(ROOT, file), path.join(folder, file));
  const installing = ['ci', '--dry-run', '--offline', '--engine-strict'];
  expect(execFileSync('npm', installing, { cwd: folder, encoding: 'utf8' })).toContain('added');
});
