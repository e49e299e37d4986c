/** The built page in a browser without a window, driven through its own `window.studio`. */
import { readFile, stat } from 'node:fs/promises';
import type { Studio } from '../client/studio';
import type { RunId } from '../engine/experiments/meta';
import { lastLeft } from '../protocol/projects';
import type { Engine, RunStatus } from './engine';
import { fetchLine, hubLine } from './report';
import { StatusLine } from './statusLine';
import { attempt, chooseFiles, type ChosenPhotos, choosePhotos, type StudioPage } from './studioPage';

const POLL_MS = 1000;

export function browserEngine(studioPage: StudioPage): Engine {
  const { page, studio, adapter, died } = studioPage;
  const downloaded = async <T>(asked: Promise<T>) => {
    const download = page.waitForEvent('download', { timeout: 0 });
    await attempt(studioPage, Promise.all([asked, download]));
    return { download: await download, said: await asked };
  };
  return {
    adapter,
    died,
    kept: async () => lastLeft(await Promise.race([studio.evaluate((s) => s.findProjects()), died])),
    async openPhotos({ folder, settings, again }, onFiles) {
      const reading = () => studio.evaluate((s) => s.store.getState().opening?.files ?? 0);
      return polling(reading, onFiles, async () => {
        const photos = folder === null ? null : await choosePhotos(studioPage, folder);
        await attempt(
          studioPage,
          again === undefined
            ? studio.evaluate(openAnew, photos)
            : studio.evaluate((s, [id, chosen]) => s.openProject(id, chosen ?? undefined), [again, photos] as const),
        );
        if (again === undefined && Object.keys(settings).length > 0)
          await attempt(
            studioPage,
            studio.evaluate((s, decided) => s.understand(decided), settings),
          );
        return studio.evaluate((s) => s.store.getState().dataset);
      });
    },
    configure: (preset, settings) =>
      studio.evaluate(
        (s, asked) => {
          s.applyPreset(asked.preset);
          s.setConfig(asked.settings);
        },
        { preset, settings },
      ),
    async openWeights(init) {
      if ('hub' in init) await fetchFromHub(studioPage, init.hub);
      else {
        const files = await chooseFiles(studioPage, init.file, false);
        await attempt(
          studioPage,
          studio.evaluate((s, [weights]) => (weights ? s.importWeights(weights) : undefined), files),
        );
      }
      return studio.evaluate((s) => s.store.getState().weights);
    },
    start: (run) =>
      attempt(
        studioPage,
        studio.evaluate((s, id) => s.start(id), run),
      ),
    planQueue: (runs, seeds) =>
      studio.evaluate((s, asked) => s.planQueue({ ...asked, config: s.store.getState().config }), { runs, seeds }),
    enqueue: (runs, seeds) =>
      attempt(
        studioPage,
        studio.evaluate((s, asked) => s.enqueue(asked.runs, asked.seeds), { runs, seeds }),
      ),
    queue: () => studio.evaluate((s) => s.store.getState().queue.runs),
    startNext: () =>
      attempt(
        studioPage,
        studio.evaluate((s) => s.runQueue(1)),
      ),
    seeds: () => studio.evaluate((s) => s.store.getState().seeds),
    goOn: () =>
      attempt(
        studioPage,
        studio.evaluate((s) => s.goOn(1)),
      ),
    status: (run) => Promise.race([studio.evaluate(readStatus, run), died]),
    stop: () => studio.evaluate((s) => s.stop()),
    pauseSaved: () => studio.evaluate(pauseSaved, POLL_MS),
    mapPhotos: () =>
      attempt(
        studioPage,
        studio.evaluate((s) => s.mapPhotos(null)),
      ),
    async write(kind, file) {
      const { download } = await downloaded(studio.evaluate((s, what) => s.download(what), kind));
      await download.saveAs(file);
    },
    async trainElsewhere() {
      const { download } = await downloaded(studio.evaluate((s) => s.trainElsewhere()));
      return new Blob([new Uint8Array(await readFile(await download.path()))]);
    },
    async importResults(folder) {
      const files = await chooseFiles(studioPage, folder, true);
      const imported = studio.evaluate((s, chosen) => s.importResults(chosen), files);
      await attempt(studioPage, imported);
      return imported;
    },
    async model(format, how) {
      const asked = studio.evaluate((s, [what, options]) => s.downloadModel(what, options), [format, how] as const);
      const { download, said } = await downloaded(asked);
      return { blob: new Blob([new Uint8Array(await readFile(await download.path()))]), proofs: said.proofs };
    },
    async tryPhotos(target, sizes, onProgress) {
      const folder = (await stat(target)).isDirectory();
      const trying = () => studio.evaluate((s) => s.store.getState().trying);
      await polling(
        trying,
        (progress) => progress && onProgress(progress),
        async () => {
          const files = await chooseFiles(studioPage, target, folder);
          await studio.evaluate((s, chosen) => s.chooseTrialSizes(chosen), sizes);
          await attempt(
            studioPage,
            studio.evaluate((s, chosen) => s.tryFiles(chosen), files),
          );
        },
      );
      return studio.evaluate((s) => {
        const { tried } = s.store.getState();
        if (!tried) return null;
        const { views, viewIsGuessed, others, unreadable, seconds, photos } = tried;
        return { views, viewIsGuessed, others, unreadable, seconds, photos: photos.length };
      });
    },
    async writeTried(what, file) {
      const { download } = await downloaded(studio.evaluate((s, table) => s.downloadTried(table), what));
      await download.saveAs(file);
    },
    close: () => studioPage.close(),
  };
}

/** Runs in the page. */
async function pauseSaved(studio: Studio, pollMs: number): Promise<boolean> {
  const saved = () => studio.store.getState().saved;
  const before = saved();
  // A run that is only beginning does not hear it yet.
  for (; saved() === before; await new Promise((resolve) => setTimeout(resolve, pollMs))) await studio.pause();
  return saved().failure === null;
}

/** In the place of whatever was kept before. Runs in the page. */
async function openAnew(studio: Studio, photos: ChosenPhotos | null): Promise<void> {
  for (const { id } of await studio.findProjects()) await studio.deleteProject(id);
  if (!photos) await studio.openSample(true);
  else if ('length' in photos) await studio.openFiles(photos, undefined, true);
  else await studio.openDirectory(photos, undefined, true);
}

/** Asks now and then while `work` goes on. */
async function polling<A, T>(ask: () => Promise<A>, tell: (answer: A) => void, work: () => Promise<T>): Promise<T> {
  const watch = setInterval(() => {
    ask().then(tell, () => undefined);
  }, POLL_MS);
  try {
    return await work();
  } finally {
    clearInterval(watch);
  }
}

async function fetchFromHub(studioPage: StudioPage, id: string): Promise<void> {
  const { studio } = studioPage;
  const status = new StatusLine();
  const looked = studio.evaluateHandle((s, name) => s.lookUp(name), id);
  await attempt(studioPage, looked);
  const model = await looked;
  console.log(hubLine(await model.jsonValue()));
  const fetching = () => studio.evaluate((s) => s.store.getState().fetching);
  try {
    await polling(
      fetching,
      (progress) => progress && status.show(fetchLine(progress)),
      () =>
        attempt(
          studioPage,
          studio.evaluate((s, found) => s.fetchModel(found), model),
        ),
    );
  } finally {
    status.clear();
  }
}

/** The part of the state that the terminal shows. Runs in the page, so it must be self-contained. */
function readStatus(studio: Studio, run: RunId): RunStatus {
  const { progress, baseline, sweep, finetune, lrFinder, evaluate, experiments, dataset, warnings, splitCopies } =
    studio.store.getState();
  const others = run in experiments ? (experiments[run as keyof typeof experiments] ?? null) : null;
  const result = { baseline, sweep, finetune, lrFinder, evaluate }[run as 'baseline'] ?? others;
  /** Curves are for charts: they would cross to the terminal every second. */
  const light = <R extends typeof result>(one: R): R => {
    if (!one) return one;
    const bare = <P extends { activations: { cdf: unknown } }>(point: P) => ({
      ...point,
      activations: { ...point.activations, cdf: [] },
    });
    const { series } = one;
    return {
      ...one,
      series: { ...series, points: [] },
      points: one.points.map(bare),
      reference: one.reference && bare(one.reference),
      shift: null,
      partialActivations: null,
    };
  };
  const steps = { baseline: light(baseline), sweep: light(sweep), finetune: light(finetune) };
  return { progress, result: light(result), steps, dataset, warnings, splitCopies };
}
