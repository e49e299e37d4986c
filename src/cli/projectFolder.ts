/** What the terminal keeps of a run beside its results, so that `--resume` knows what was asked. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type HeadlessOptions, UsageError } from './headlessOptions';

/** In the folder of the results: the session's state, and what was asked. */
export const PROJECT = 'project';
const ASKED = 'options.json';
/** Changes with the meaning of the options. */
const VERSION = 1;

export async function saveOptions(options: HeadlessOptions): Promise<void> {
  const folder = path.join(options.out, PROJECT);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, ASKED);
  await writeFile(`${file}.part`, JSON.stringify({ version: VERSION, options }, null, 2));
  await rename(`${file}.part`, file);
}

/**
 * What was asked when the run in that folder, which may have been moved since, was begun.
 * @throws UsageError where there is none.
 */
export async function readOptions(out: string): Promise<HeadlessOptions> {
  const file = path.join(out, PROJECT, ASKED);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`--resume ${out}: nothing was begun there (there is no ${file})`);
  }
  const { version, options } = JSON.parse(text) as { version: number; options: HeadlessOptions };
  if (version !== VERSION) throw new UsageError(`--resume ${out}: another version of the studio began it`);
  return { ...options, out };
}
