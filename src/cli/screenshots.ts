/**
 * `npm run screenshots`: takes the studio through its steps on the sample as who tries it would, with the preset of the quick
 * look as it is, and pictures each, for the README. A quarter of an hour on a processor.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { StageId } from '../client/state';
import type { ExperimentId, RunId } from '../engine/experiments/meta';
import { browserEngine } from './browserEngine';
import { ROOT } from './root.mjs';
import { attempt, openStudio, type StudioPage } from './studioPage';
import { watchRun } from './watchRun';

const FOLDER = path.join(ROOT, 'e2e/screenshots');

interface Shot {
  stage: StageId;
  /** What runs before the picture is taken. */
  run?: RunId;
  experiment?: ExperimentId;
  dark?: boolean;
}

const SHOTS: readonly Shot[] = [
  { stage: 'photos' },
  { stage: 'baseline', run: 'baseline', dark: true },
  { stage: 'sweep', run: 'sweep' },
  { stage: 'finetune', run: 'finetune', dark: true },
  { stage: 'experiments', experiment: 'adaptation' },
  { stage: 'runs' },
  { stage: 'takehome', run: 'evaluate' },
];

export async function main(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error(`"${args.join(' ')}" means nothing here. Usage: npm run screenshots`);
    return 2;
  }
  mkdirSync(FOLDER, { recursive: true });
  const studioPage = await openStudio();
  try {
    await picture(studioPage, 'welcome');
    await attempt(
      studioPage,
      studioPage.studio.evaluate((studio) => studio.openSample()),
    );
    await studioPage.studio.evaluate((studio) => studio.applyPreset('quick'));
    for (const { stage, experiment, run = experiment, dark } of SHOTS) {
      if (run) await watchRun(browserEngine(studioPage), run);
      await studioPage.studio.evaluate((studio, id) => studio.goTo(id), stage);
      if (experiment) await studioPage.studio.evaluate((studio, id) => studio.chooseExperiment(id), experiment);
      await picture(studioPage, stage);
      if (dark) await picture(studioPage, stage, 'dark');
    }
  } finally {
    await studioPage.close();
  }
  return 0;
}

async function picture({ page }: StudioPage, name: string, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForLoadState('networkidle');
  // Charts measure their frame before they draw, photos arrive from the worker: neither tells when it is done.
  await page.waitForTimeout(2000);
  const file = path.join(FOLDER, `${name}${colorScheme === 'dark' ? '-dark' : ''}.png`);
  await page.screenshot({ path: file });
  console.log(`wrote ${file}`);
}
