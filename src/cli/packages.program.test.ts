import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

test('of every package that would run a script as it is installed, it is said whether it may', () => {
  const read = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as unknown;
  const { packages } = read('package-lock.json') as { packages: Record<string, { hasInstallScript?: boolean }> };
  const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = scripted.map(([place]) => place.split('node_modules/').at(-1));
  expect(new Set(Object.keys(allowScripts))).toEqual(new Set(names));
});
