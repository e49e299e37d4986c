/**
 * The built studio in a browser as people have it. A driven one keeps a page's replies for its network panel: 230 MB of them,
 * and 2.5 KiB a request beyond that.
 */
import { setTimeout as after } from 'node:timers/promises';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { browserArgs, requireBrowser } from '../cli/browser.mjs';
import { buildPage, servePage } from '../cli/project.mjs';
import { VIEWPORT } from '../cli/studioPage';
import type { StudioConfig } from '../engine/experiments/meta';
import type { AdapterReport } from '../engine/gpu/report';

/** What collecting garbage in all threads takes at most. */
const COLLECTING_MS = 1000;

export interface PeoplesStudio {
  browser: Browser;
  page: Page;
  /** Of the page's GPU. */
  report: AdapterReport;
  close: () => Promise<void>;
}

/** @param without flags that the driver would add. */
export async function openPeoplesStudio(without: string[] = []): Promise<PeoplesStudio> {
  await buildPage();
  const server = await servePage();
  const browser = await launch({
    executablePath: await requireBrowser(),
    headless: true,
    args: [...browserArgs(), '--disable-blink-features=AutomationControlled'],
    ignoreDefaultArgs: without,
    networkEnabled: false,
    defaultViewport: VIEWPORT,
  });
  const close = async () => {
    await browser.close();
    await server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    await page.waitForFunction(() => window.studio.store.getState().machine.status === 'ready', { timeout: 120_000 });
    const report = await page.evaluate(
      () => (window.studio.store.getState().machine as { report: AdapterReport }).report,
    );
    if (await page.evaluate(() => navigator.webdriver)) throw new Error('The browser says that a program drives it');
    return { browser, page, report, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the sample and starts a baseline on it. */
export async function startOnSample(page: Page, config: Partial<StudioConfig>): Promise<void> {
  await page.evaluate(() => window.studio.openSample());
  await page.evaluate((settings) => {
    window.studio.applyPreset('quick');
    window.studio.setConfig(settings);
    void window.studio.start('baseline');
  }, config);
}

/** In the page and its workers: what a thread has thrown away may lie about for epochs, a network's weights for one. */
export async function collectGarbage(page: Page): Promise<void> {
  const session = await page.createCDPSession();
  const method = 'HeapProfiler.collectGarbage';
  session.on('Target.attachedToTarget', ({ sessionId }) => {
    void session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: 1, method }) });
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  await session.send(method);
  await after(COLLECTING_MS);
  await session.detach();
}

/** As `memoryOf` takes them. */
export async function processesOf(browser: Browser) {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo;
}
