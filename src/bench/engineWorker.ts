/** The engine's worker in the built page, for probes that are put before its own code. */
import type { Page, Worker } from '@playwright/test';
import { StudioError } from '../engine/base/errors';

/** As Vite names it. */
const ENGINE_WORKER = /\/assets\/main-[^/]*\.js$/;

/** `probe` runs in the worker before the worker's own code, so it stands on nothing outside of itself. */
export async function injectIntoWorker(page: Page, probe: () => void): Promise<void> {
  await page.route(ENGINE_WORKER, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `(${probe.toString()})();\n${await response.text()}` });
  });
}

/** @throws StudioError `internal` if there is none. */
export function engineWorker(page: Page): Worker {
  const worker = page.workers().find((one) => ENGINE_WORKER.test(one.url()));
  if (!worker) throw new StudioError('internal', 'The page has no engine worker', 'Has its file been renamed?');
  return worker;
}
