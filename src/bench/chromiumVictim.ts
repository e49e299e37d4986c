/** The built page in a Chromium of its own, to be tortured: device losses are crashes of its GPU process. */
import path from 'node:path';
import process from 'node:process';
import { attempt, chooseFiles, openStudio } from '../cli/studioPage';
import { lastLeft } from '../protocol/projects';
import { FILES, type PlanId, PLANS, type Victim } from './torturedRuns';

/** Chrome keeps the GPU from a page after two crashes in two minutes, and these are many. */
const FORGIVING = ['--disable-domain-blocking-for-3d-apis', '--disable-gpu-process-crash-limit'];
const POLL_MS = 100;

/** The browser keeps its profile, and so the project, in `out`. */
export async function chromiumVictim(data: string, out: string, plan: PlanId): Promise<Victim> {
  const { runs, config } = PLANS[plan];
  const studioPage = await openStudio({ folder: out, args: FORGIVING });
  const { browser, page, studio, died } = studioPage;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const { id } = processInfo.find(({ type }) => type === 'browser')!;

  async function goThrough(): Promise<number> {
    const left = lastLeft(await studio.evaluate((s) => s.findProjects()));
    const files = await chooseFiles(studioPage, data, true);
    await attempt(
      studioPage,
      studio.evaluate((s, [chosen, id]) => (id === null ? s.openFiles(chosen) : s.openProject(id, chosen)), [
        files,
        left?.id ?? null,
      ] as const),
    );
    if (left?.running)
      await attempt(
        studioPage,
        studio.evaluate((s) => s.goOn(1)),
      );
    await studio.evaluate((s, settings) => s.setConfig(settings), { ...config });
    for (const run of runs.slice((left?.ended.length ?? 0) + Number(left?.running !== null && left !== null)))
      await attempt(
        studioPage,
        studio.evaluate((s, one) => s.start(one), run),
      );
    for (const [what, name] of FILES) {
      const download = page.waitForEvent('download');
      await attempt(
        studioPage,
        studio.evaluate((s, kind) => s.download(kind), what),
      );
      await (await download).saveAs(path.join(out, name));
    }
    return 0;
  }

  const work = goThrough();
  const gone = new Promise<void>((resolve) => browser.once('disconnected', () => resolve()));
  const ended = Promise.race([work, gone.then(() => null)]).then(
    async (code) => (await studioPage.close(), code),
    async (error: unknown) => {
      const killed = !browser.isConnected();
      if (!killed) console.error(error);
      await studioPage.close();
      return killed ? null : 1;
    },
  );
  work.catch(() => undefined);

  /** Of the run that goes on: null while none does. */
  const progress = () =>
    studio.evaluate((s) => {
      const { run, progress: now } = s.store.getState();
      return run.run && now && now.batch > 0 ? { run: run.run, epoch: now.epoch } : null;
    });
  const state = { over: false };
  void ended.then(() => (state.over = true));
  return {
    async where() {
      while (!state.over) {
        const found = await Promise.race([progress(), died]).catch(() => null);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      return null;
    },
    // A run that is paused is saved, and who asks for that kills it next.
    async save() {
      studio.evaluate((s) => s.pause()).catch(() => undefined);
    },
    async lose() {
      await session.send('Browser.crashGpuProcess').catch(() => undefined);
    },
    async kill() {
      // It may have ended just now.
      if (browser.isConnected()) process.kill(id, 'SIGKILL');
      await ended;
    },
    ended,
  };
}
