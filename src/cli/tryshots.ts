import { attempt, openStudio } from './studioPage';
import { watchRun } from './watchRun';
export async function main(args: string[]): Promise<number> {
  const p = await openStudio();
  await p.page.setViewportSize({ width: 1280, height: 800 });
  await attempt(
    p,
    p.studio.evaluate((s) => s.openSample()),
  );
  await p.studio.evaluate((s) =>
    s.setConfig({
      arch: 'resnet18',
      batchSize: 16,
      epochs: 3,
      trainSize: 48,
      evalResize: 60,
      evalCrop: 48,
      sweepSizes: [32, 48, 64, 80, 96],
      tuneEpochs: 1,
      ablationSizes: [64],
      progressiveSize: 64,
    }),
  );
  const shot = async (n: string) => {
    await p.page.waitForTimeout(1500);
    await p.page.screenshot({ path: `/tmp/shots/${n}.png` });
  };
  await watchRun(p, 'baseline');
  await p.studio.evaluate((s) => s.goTo('experiments'));
  await shot('exp-empty');
  await p.studio.evaluate((s) => s.goTo('sweep'));
  await watchRun(p, 'sweep');
  await shot('sweep');
  await p.page.evaluate(() => document.querySelector('[data-testid=stage-sweep]')?.scrollIntoView({ block: 'end' }));
  await shot('sweep-low');
  for (const id of (args.length ? args : ['adaptation', 'ablation', 'progressive']) as 'adaptation'[]) {
    await p.studio.evaluate((s, one) => s.chooseExperiment(one), id);
    await watchRun(p, id);
    await shot(id);
    await p.page.evaluate(() =>
      document.querySelector('[data-testid=stage-experiments]')?.scrollIntoView({ block: 'end' }),
    );
    await shot(`${id}-low`);
  }
  await p.close();
  return 0;
}
