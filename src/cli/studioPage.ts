/** The built page in a browser without a window, and its `window.studio` within reach of the terminal. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as after } from 'node:timers/promises';
import { type Browser, chromium, type JSHandle, type Page } from '@playwright/test';
import type { Studio } from '../client/studio';
import { fromErrorData, StudioError } from '../engine/base/errors';
import type { AdapterReport } from '../engine/gpu/report';
import { folderSource, hasLinks } from '../hosts/node/folderSource';
import { browserArgs, requireBrowser } from './browser.mjs';
import { buildPage, servePage } from './project.mjs';

export interface StudioPage {
  browser: Browser;
  page: Page;
  studio: JSHandle<Studio>;
  adapter: AdapterReport;
  /** Rejects when the page or the browser dies; never resolves. */
  died: Promise<never>;
  close(): Promise<void>;
}

/** The smallest window that shows everything that matters; what screenshots show. */
export const VIEWPORT = { width: 1280, height: 800 };
/** Of addresses that are kept: away from what others like to use. */
const [FIRST_PORT, PORTS] = [21_000, 10_000];
/** A cold browser on a busy processor: SwiftShader's device alone can take seconds. */
const READY_TIMEOUT_MS = 120_000;
const [DRAGS, DRAG_AGAIN_MS] = [10, 2000];
/** px; a place that the narrowest window has. */
const NEAR_CORNER = { x: 160, y: 200 };

/**
 * Builds what is stale, serves it on a free port, opens it, and waits for the GPU.
 * @throws StudioError `no-webgpu` or `no-adapter`, as the page says.
 */
export async function openStudio({
  prepare = async () => undefined,
  folder = null,
  args = [],
}: {
  /** Called with the page before it loads anything. */
  prepare?: (page: Page) => Promise<void>;
  /** Where the browser keeps what the page does, between programs; nowhere if not given. */
  folder?: string | null;
  /** The browser's, besides the usual ones. */
  args?: readonly string[];
} = {}): Promise<StudioPage> {
  await buildPage();
  const executablePath = await requireBrowser();
  const server = await (folder === null ? servePage() : serveAgain(folder));
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server.close();
  };
  try {
    // Ctrl-C is ours: it stops the run, and what was trained is still written.
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    const launch = { executablePath, headless: false, args: [...browserArgs(), ...args], ...signals };
    const look = { viewport: VIEWPORT, colorScheme: 'light', reducedMotion: 'reduce' } as const;
    let page: Page;
    if (folder === null) {
      browser = await chromium.launch(launch);
      page = await browser.newPage(look);
    } else {
      const context = await chromium.launchPersistentContext(path.join(folder, 'browser'), { ...launch, ...look });
      browser = context.browser()!;
      page = context.pages()[0] ?? (await context.newPage());
    }
    page.on('pageerror', (error) => console.error(`The page: ${error.message}`));
    const died = deathOf(browser, page);
    await prepare(page);
    await page.goto(server.address, { timeout: READY_TIMEOUT_MS });
    await Promise.race([page.waitForFunction(() => 'studio' in window, null, { timeout: READY_TIMEOUT_MS }), died]);
    const studio = await page.evaluateHandle(() => (window as unknown as { studio: Studio }).studio);
    const adapter = await Promise.race([connected(page, studio), died]);
    return { browser, page, studio, adapter, died, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The page at the address that it had when the folder was begun: what browsers keep, they keep by address.
 * @throws StudioError `busy` where another program has that address.
 */
async function serveAgain(folder: string): Promise<Awaited<ReturnType<typeof servePage>>> {
  const file = path.join(folder, 'port');
  const port = Number(await readFile(file, 'utf8').catch(() => ''));
  if (port > 0) {
    try {
      return await servePage({ port, strictPort: true });
    } catch {
      const hint = `End what listens there, or wait until it has ended.`;
      throw new StudioError('busy', `Port ${port}, where the run was begun, is in use`, hint);
    }
  }
  const server = await servePage({ port: FIRST_PORT + (process.pid % PORTS) });
  await mkdir(folder, { recursive: true });
  await writeFile(file, new URL(server.address).port);
  return server;
}

function deathOf(browser: Browser, page: Page): Promise<never> {
  const died = new Promise<never>((_, reject) => {
    page.on('crash', () => reject(new StudioError('internal', 'the page has crashed', 'Is there enough memory?')));
    browser.on('disconnected', () => reject(new StudioError('internal', 'the browser has ended')));
  });
  // It is raced against everything that waits; when nothing waits, nobody needs to hear of it.
  died.catch(() => undefined);
  return died;
}

async function connected(page: Page, studio: JSHandle<Studio>): Promise<AdapterReport> {
  const options = { timeout: READY_TIMEOUT_MS };
  await page.waitForFunction((s) => s.store.getState().machine.status !== 'connecting', studio, options);
  const machine = await studio.evaluate((s) => s.store.getState().machine);
  if (machine.status === 'none') throw fromErrorData(machine.error);
  if (machine.status === 'ready') return machine.report;
  throw new StudioError('no-adapter', 'the studio is still connecting to the GPU');
}

/**
 * Waits for a call into the page. The studio leaves its failures in its state, code and hint included,
 * where a rejection through the browser's protocol would be text.
 * @throws StudioError as the page does, or when the page dies.
 */
export async function attempt({ studio, died }: StudioPage, call: Promise<unknown>): Promise<void> {
  try {
    await Promise.race([call, died]);
  } catch (error) {
    const failure = await Promise.race([studio.evaluate((s) => s.store.getState().failure), died]);
    throw failure ? fromErrorData(failure.error) : error;
  }
}

/** Missing from TypeScript's own types. */
interface HandleItem<Handle> {
  getAsFileSystemHandle(): Promise<Handle>;
}

/** Photos as the page takes them. */
export type ChosenPhotos = FileList | File[] | FileSystemDirectoryHandle;

/**
 * The photos of a folder, by its handle, or an archive. Where there are links, which browsers pass over, they are followed
 * here and the files handed over one by one.
 */
export async function choosePhotos(
  studioPage: Pick<StudioPage, 'page'>,
  from: string,
): Promise<JSHandle<ChosenPhotos>> {
  if (!(await stat(from)).isDirectory()) return chooseFiles(studioPage, from, false);
  if (!(await hasLinks(from))) return (await directoryHandle(studioPage, from)) ?? chooseFiles(studioPage, from, true);
  const { name, paths } = await folderSource(from);
  const files = await chooseFiles(
    studioPage,
    paths.map((file) => path.join(from, file)),
    false,
  );
  return files.evaluateHandle(
    (list, places) =>
      [...list].map((file, i) => Object.defineProperty(file, 'webkitRelativePath', { value: places[i] })),
    paths.map((file) => `${name}/${file}`),
  );
}

/**
 * A folder's handle, by a drag that the page itself does not hear of. Chromium keeps a little of each read of a file that an
 * input has given, until the page is gone, and nothing of one that a handle gives. Null where no drag arrives.
 */
async function directoryHandle(
  { page }: Pick<StudioPage, 'page'>,
  folder: string,
): Promise<JSHandle<FileSystemDirectoryHandle> | null> {
  const listener = await page.evaluateHandle(() => {
    const over = new AbortController();
    const dropped = new Promise<FileSystemDirectoryHandle>((resolve) => {
      const take = (event: DragEvent) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        const [item] = event.type === 'drop' ? (event.dataTransfer?.items ?? []) : [];
        if (item) resolve((item as unknown as HandleItem<FileSystemDirectoryHandle>).getAsFileSystemHandle());
      };
      for (const type of ['dragenter', 'dragover', 'drop'] as const)
        window.addEventListener(type, take, { capture: true, signal: over.signal });
    });
    return { dropped, over };
  });
  const taken = listener.evaluateHandle(({ dropped }) => dropped);
  // Where no drag arrives it waits until the page is gone.
  taken.catch(() => undefined);
  let handle: Awaited<typeof taken> | null = null;
  for (let tries = 0; !handle && tries < DRAGS; tries++) {
    await dragOnto(page, [folder]);
    handle = await Promise.race([taken, after(DRAG_AGAIN_MS, null)]);
  }
  await listener.evaluate(({ over }) => over.abort());
  return handle;
}

/** A drag of files and folders from the desktop to the page. Chromium takes a drop for a leave where the page has not said yet that it wants it: then once more. */
export async function dragOnto(page: Page, files: readonly string[]): Promise<void> {
  const protocol = await page.context().newCDPSession(page);
  await sendDrag((method, event) => protocol.send(method, event), files);
  await protocol.detach();
}

interface SentDrag {
  type: 'dragEnter' | 'dragOver' | 'drop';
  x: number;
  y: number;
  data: { items: never[]; files: string[]; dragOperationsMask: number };
}

/** The same through whichever driver's DevTools session. */
export async function sendDrag(
  send: (method: 'Input.dispatchDragEvent', event: SentDrag) => Promise<unknown>,
  files: readonly string[],
): Promise<void> {
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await send('Input.dispatchDragEvent', { type, ...NEAR_CORNER, data });
}

/** Gives the page files from the disk, through an input of our own, as a person's choice would. */
export async function chooseFiles(
  { page }: Pick<StudioPage, 'page'>,
  from: string | string[],
  folder: boolean,
): Promise<JSHandle<FileList>> {
  const input = await page.evaluateHandle((isFolder) => {
    const element = Object.assign(document.createElement('input'), {
      type: 'file',
      webkitdirectory: isFolder,
      multiple: !isFolder,
    });
    element.hidden = true;
    return document.body.appendChild(element);
  }, folder);
  await input.setInputFiles(from);
  return input.evaluateHandle((element) => element.files ?? new DataTransfer().files);
}
