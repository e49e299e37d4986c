/** How to do again what a report shows. */
import { RUN_META, type RunId, type StudioConfig } from '../../engine/experiments/meta';
import { isCounted } from '../../protocol/queue';
import { type RunResult, settingsOf } from '../../protocol/results';
import type { MetricsParts } from '../exports';
import { commandOf, differencesFrom } from './command';
import { type Html, markup, section } from './html';
import { ownerOf, runsIn } from './runs';

export function again({ results, seeds, weights, dataset, fromSample }: MetricsParts): Html {
  const shown = runsIn(results);
  const [first] = shown;
  if (!first) return markup``;
  const opened = weights?.history.some(({ run }) => run === 'import') ?? false;
  const understood = fromSample ? null : dataset.settings;
  const command = (config: StudioConfig, runs: readonly RunId[], count: number) =>
    markup`<pre>${commandOf(config, { runs, seeds: count, opened, understood })}</pre>`;
  const config = settingsOf(results, (results.baseline ?? first[1]).config);
  const single = [
    command(
      config,
      shown.map(([run]) => run),
      1,
    ),
    ...unlike(shown, config),
  ];
  const studied = seeds ? [command({ ...seeds.config, seed: seeds.seeds[0]! }, seeds.runs, seeds.seeds.length)] : [];
  const later = seeds && shown.some(([, result]) => !isCounted(seeds, result));
  return section(
    'How to do it again',
    markup`<p>In the studio’s folder, with the same ${fromSample ? 'sample' : 'photos'}${opened ? ' and the same opened weights' : ''}:</p>`,
    ...studied,
    ...(later ? [markup`<p>That is for the figures over seeds. For the runs that are shown beside them:</p>`] : []),
    ...(later || !seeds ? single : []),
    markup`<p>On the same adapter and browser the same seed gives the same figures; elsewhere sums may round otherwise. Photos are not in this report.</p>`,
  );
}

/** Runs that one command does not do again: what they share was set otherwise. */
function unlike(runs: readonly (readonly [RunId, RunResult])[], config: StudioConfig): Html[] {
  const others = runs.flatMap(([run, result]) => {
    const keys = differencesFrom(result.config, config).filter((key) => [null, run].includes(ownerOf(key)));
    return keys.length > 0 ? [`${RUN_META[run].label} (${keys.join(', ')})`] : [];
  });
  return others.length > 0
    ? [markup`<p>It does not do again what was run with other settings: ${others.join('; ')}.</p>`]
    : [];
}
