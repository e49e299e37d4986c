/** `--predict`: what weights say of photos without labels, as tables. */
import path from 'node:path';
import { StudioError } from '../engine/base/errors';
import { PRESETS } from '../engine/experiments/meta';
import type { TriedFile } from '../protocol/trials';
import { formatDuration, formatNoun, formatRate } from '../words/format';
import { viewsText } from '../words/view';
import type { Engine, TrialSummary } from './engine';
import type { PredictOptions } from './headlessOptions';
import { adapterLine } from './report';
import { TRIED_NAMES } from './resultFiles';
import { StatusLine } from './statusLine';

/** Unreadable files that are named. */
const MOST_NAMED = 20;
const TABLES: readonly TriedFile[] = ['submission', 'probabilities'];

/** @returns The exit code: 1 where a photo could not be read. */
export async function predict(
  engine: Engine,
  { predict: target, weights, out, sizes, settings }: PredictOptions,
): Promise<number> {
  console.log(adapterLine(engine.adapter));
  await engine.configure(PRESETS[0], settings);
  const opened = await engine.openWeights(weights);
  console.log(`weights: ${opened?.arch}, ${opened?.origin}`);
  const status = new StatusLine();
  const tried = await engine
    .tryPhotos(target, sizes, ({ phase, done, of, imagesPerSecond }) => {
      const rate = imagesPerSecond === null ? '' : `, ${formatRate(imagesPerSecond)}`;
      status.show(`${phase}: ${done} of ${of}${rate}`);
    })
    .finally(() => status.clear());
  if (!tried) throw new StudioError('stopped', 'The photos were not tried');
  for (const line of trialLines(tried)) console.log(line);
  for (const what of TABLES) {
    const file = path.join(out, TRIED_NAMES[what]);
    await engine.writeTried(what, file);
    console.log(`wrote ${file}`);
  }
  return tried.unreadable.length > 0 ? 1 : 0;
}

/** What was looked at and how; what could not be read, by name. */
function trialLines({ photos, views, viewIsGuessed, others, unreadable, seconds }: TrialSummary): string[] {
  const more = unreadable.length - MOST_NAMED;
  return [
    `${formatNoun(photos, 'photo')} in ${formatDuration(seconds)} (${formatRate(photos / seconds)}), ${viewsText(views)}`,
    ...(viewIsGuessed ? ['The weights do not say how photos are to be made ready: the settings’ view was taken.'] : []),
    ...(others > 0 ? [formatNoun(others, 'file is no photo', 'files are no photos')] : []),
    ...unreadable.slice(0, MOST_NAMED).map(({ reason }) => `not read: ${reason}`),
    ...(more > 0 ? [`not read: ${more} more`] : []),
  ];
}
