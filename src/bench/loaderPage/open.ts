/** Builds the loader page and opens it in a browser, with a folder chosen. */
import path from 'node:path';
import process from 'node:process';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { browserArgs, requireBrowser } from '../../cli/browser.mjs';
import { ROOT } from '../../cli/root.mjs';

export interface OpenedLoaderPage {
  page: Page;
  browser: Browser;
  close: () => Promise<void>;
}

const PAGE = 'src/bench/loaderPage/index.html';
/** Playwright's workers each have their own. */
const BUILT = `out/loaderPage${process.env['TEST_PARALLEL_INDEX'] ?? ''}`;
let built: Promise<unknown> | undefined;

/** Builds the page as the studio is built, once a process, and serves it on a free port. */
export async function serveLoaderPage(): Promise<{ address: string; close: () => Promise<void> }> {
  const places = { outDir: BUILT, emptyOutDir: true };
  const input = path.join(ROOT, PAGE);
  await (built ??= build({ root: ROOT, logLevel: 'warn', build: { ...places, rollupOptions: { input } } }));
  const server = await preview({
    root: ROOT,
    logLevel: 'warn',
    build: places,
    preview: { port: 5300 + (process.pid % 700), host: 'localhost' },
  });
  const origin = server.resolvedUrls?.local[0];
  if (origin === undefined) throw new Error('the server has no address');
  return { address: new URL(PAGE, origin).href, close: () => server.close() };
}

export async function openLoaderPage(folder: string): Promise<OpenedLoaderPage> {
  const server = await serveLoaderPage();
  const browser = await chromium.launch({
    executablePath: await requireBrowser(),
    headless: false,
    args: browserArgs(),
  });
  const close = async () => {
    await browser.close();
    await server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    await page.getByTestId('folder').setInputFiles(folder);
    await page.waitForFunction(() => 'loaderPage' in window);
    return { page, browser, close };
  } catch (error) {
    await close();
    throw error;
  }
}
