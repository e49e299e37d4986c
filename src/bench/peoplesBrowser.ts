/**
 * The built studio in a browser as people have it. A driven one keeps a page's replies for its network panel: 230 MB of them,
 * and 2.5 KiB a request beyond that.
 */
import { launch, type Browser, type Page } from 'puppeteer-core';
import { browserArgs, requireBrowser } from '../cli/browser.mjs';
import { buildPage, servePage } from '../cli/project.mjs';
import type { StudioConfig } from '../engine/experiments/meta';
import type { AdapterReport } from '../engine/gpu/report';

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
