/** A project that one engine has begun goes on in the other: its files, which are the same in both, are moved there. */
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../engine/base/errors';
import { PROJECTS_FOLDER } from '../protocol/projectPlaces';
import { lastLeft } from '../protocol/projects';
import type { EngineId } from './engine';
import { type HeadlessOptions, refuseBrowsersOwn } from './headlessOptions';
import { PROJECT, saveOptions } from './projectFolder';
import { chooseFiles, openStudio, type StudioPage } from './studioPage';

/** Where the Node engine keeps it, in the project's folder. */
const STATE = 'state';

/**
 * What was asked, for the other engine. Until it is resolved nothing is lost that the first one has.
 * @throws UsageError at what a browser alone can do; StudioError `needs-step` where nothing is kept.
 */
export async function switchEngine(options: HeadlessOptions, engine: EngineId): Promise<HeadlessOptions> {
  // Weights of the Hub are in the project by now.
  if (engine === 'node')
    refuseBrowsersOwn({ sample: options.data === null, prove: options.exports?.prove ?? false, hub: false });
  const project = path.join(options.out, PROJECT);
  const studioPage = await openStudio({ folder: project });
  try {
    if (engine === 'node') await toNode(studioPage, path.join(project, STATE));
    else await toChromium(studioPage, path.join(project, STATE));
  } finally {
    await studioPage.close();
  }
  const switched = { ...options, engine };
  await saveOptions(switched);
  return switched;
}

async function toNode({ page, studio }: StudioPage, state: string): Promise<void> {
  const left = lastLeft(await studio.evaluate((s) => s.findProjects()));
  if (!left) throw new StudioError('needs-step', 'The browser has kept nothing of it', 'Begin it anew.');
  const part = `${state}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part);
  const place = { projects: PROJECTS_FOLDER, id: left.id };
  const names = await page.evaluate(async ({ projects, id }) => {
    const folder = await (
      await (await navigator.storage.getDirectory()).getDirectoryHandle(projects)
    ).getDirectoryHandle(id);
    const found: string[] = [];
    for await (const name of folder.keys()) found.push(name);
    return found;
  }, place);
  for (const name of names) {
    const download = page.waitForEvent('download');
    await page.evaluate(
      async ({ projects, id, file }) => {
        const root = await navigator.storage.getDirectory();
        const folder = await (await root.getDirectoryHandle(projects)).getDirectoryHandle(id);
        const link = document.createElement('a');
        link.href = URL.createObjectURL(await (await folder.getFileHandle(file)).getFile());
        link.download = file;
        link.click();
      },
      { ...place, file: name },
    );
    await (await download).saveAs(path.join(part, name));
  }
  await rm(state, { recursive: true, force: true });
  await rename(part, state);
}

/** In the place of whatever the browser has kept. */
async function toChromium(studioPage: StudioPage, state: string): Promise<void> {
  const files = await chooseFiles(studioPage, state, true);
  await files.evaluate(async (chosen, name) => {
    const projects = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
    const id = crypto.randomUUID();
    const folder = await projects.getDirectoryHandle(id, { create: true });
    for (const file of chosen) {
      if (file.name === 'lock') continue;
      const writable = await (await folder.getFileHandle(file.name, { create: true })).createWritable();
      await writable.write(file);
      await writable.close();
    }
    for await (const other of projects.keys()) if (other !== id) await projects.removeEntry(other, { recursive: true });
  }, PROJECTS_FOLDER);
}
