/** The real page in a real Chromium, and once in a Firefox, on a software GPU where there is no other: slow, so two files at a time. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { defineConfig } from '@playwright/test';
import { browserArgs, requireBrowser } from '../src/cli/browser.mjs';

// Playwright reads this file in every worker, too; they inherit the first reader's choice.
const port = (process.env['FIXRES_E2E_PORT'] ??= String(4200 + (process.pid % 800)));
const root = path.resolve(import.meta.dirname, '..');

export default defineConfig({
  testDir: '.',
  outputDir: path.join(root, 'test-results'),
  workers: Math.min(2, availableParallelism()),
  timeout: 20 * 60_000,
  expect: { timeout: 120_000 },
  forbidOnly: true,
  use: {
    baseURL: `http://localhost:${port}/`,
    viewport: { width: 1280, height: 800 },
    actionTimeout: 120_000,
    // What it keeps costs every page a download of all files: tests that are about it allow it.
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    // The full browser without a window: Playwright's own headless shell has no WebGPU.
    headless: false,
    launchOptions: { executablePath: await requireBrowser(), args: browserArgs() },
  },
  projects: [
    { name: 'chromium', testIgnore: 'firefox.spec.ts' },
    { name: 'firefox', testMatch: 'firefox.spec.ts' },
  ],
  webServer: {
    command: `node src/cli/start.mjs --no-open --port ${port}`,
    cwd: root,
    url: `http://localhost:${port}/`,
    timeout: 5 * 60_000,
  },
});
