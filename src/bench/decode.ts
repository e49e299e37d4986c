/**
 * `npm run bench -- decode --data DIR`: every photo of a folder as the page decodes it beside Pillow's pixels, which are
 * what PyTorch's loaders see. Prints JSON; fails where a photo differs by more than 3 levels anywhere, or 0.1 on average.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isPhoto } from '../engine/dataset/listing';
import { type ComparedPhoto, comparePhoto } from './loaderPage/compare';
import { openLoaderPage } from './loaderPage/open';
import { openPillow } from '../testing/photos/pillow';
import { callersFolder } from '../cli/headlessOptions';
import { commit } from './report';
import { significant } from './statistics';

const USAGE = 'Usage: npm run bench -- decode --data DIR';

/** Levels of 255: anywhere, and over a photo. */
const MOST = { max: 3, mean: 0.1 };
const NAMED = 20;

export async function main(args: readonly string[]): Promise<number> {
  const folder = parse(args);
  if (folder === null) {
    console.error(USAGE);
    return 2;
  }
  const pillow = openPillow();
  if (!pillow) {
    console.error('Pillow is not installed (Debian: apt install python3-pil)');
    return 1;
  }
  const opened = await openLoaderPage(folder);
  try {
    const { page } = opened;
    const photos: ComparedPhoto[] = [];
    const paths = await page.evaluate(() => window.loaderPage.paths());
    for (const photo of paths.filter(isPhoto).sort()) {
      photos.push(await comparePhoto(page, pillow, folder, photo));
    }
    const differences = photos.flatMap(({ difference }) => difference ?? []);
    const far = photos.filter(({ difference: d }) => d && (d.max > MOST.max || d.mean > MOST.mean));
    const unequal = photos.filter(({ difference }) => difference && difference.max > 0);
    const unread = photos.filter(({ failure, pillowFailure }) => failure !== null || pillowFailure !== null);
    const result = {
      bench: 'decode',
      data: folder,
      commit: commit(),
      browser: opened.browser.version(),
      photos: photos.length,
      compared: differences.length,
      equalToPillow: differences.filter(({ max }) => max === 0).length,
      asPlanes: photos.filter(({ planar }) => planar).length,
      maxDifference: Math.max(0, ...differences.map(({ max }) => max)),
      largestMeanDifference: significant(Math.max(0, ...differences.map(({ mean }) => mean))),
      unequal: unequal.slice(0, NAMED).map(({ path: name, difference }) => ({ path: name, ...difference })),
      unread: unread
        .slice(0, NAMED)
        .map(({ path: name, failure, pillowFailure }) => ({ path: name, failure, pillowFailure })),
    };
    console.log(JSON.stringify(result, null, 2));
    return far.length > 0 || differences.length === 0 ? 1 : 0;
  } finally {
    pillow.close();
    await opened.close();
  }
}

function parse(args: readonly string[]): string | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' } } });
    return values.data === undefined ? null : path.resolve(callersFolder(), values.data);
  } catch {
    return null;
  }
}
