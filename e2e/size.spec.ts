/** How much a first visit loads before the page is drawn; the worker, which comes behind it, and what is asked for later aside. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { DIST } from '../src/cli/project.mjs';

/** Bytes, gzipped: 244,200 when this was set. Who needs more raises it, and says in the commit what for. */
const BUDGET = 250_000;

test('the page’s first load keeps to its budget', () => {
  const page = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<script[^>]+src="([^"]+\.js)"/g)];
  const links = [...page.matchAll(/<link[^>]+rel="(?:stylesheet|modulepreload)"[^>]+href="([^"]+)"/g)];
  expect(scripts.length).toBeGreaterThan(0);
  expect(links.length).toBeGreaterThan(0);
  const files = ['index.html', ...[...scripts, ...links].map(([, file = '']) => file)];
  const sizes = files.map((file) => gzipSync(readFileSync(path.join(DIST, file))).length);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  test.info().annotations.push({ type: 'first load, gzipped', description: `${total} bytes` });
  expect(total).toBeLessThan(BUDGET);
});
