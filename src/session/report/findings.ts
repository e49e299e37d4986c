/** What each run came to, in the words of the page, with all that must be known beside it. */
import { rateFinding } from '../../engine/analysis/learningRate';
import { wilsonInterval } from '../../engine/analysis/wilson';
import { experimentFinding, isExperiment, RUN_META, type RunId, STEPS } from '../../engine/experiments/meta';
import { isCounted, type SeedStudy } from '../../protocol/queue';
import type { Results, RunResult } from '../../protocol/results';
import { formatNoun, formatWithInterval } from '../../words/format';
import { verdictOf } from '../../words/verdict';
import type { Verdict } from '../../words/verdictParts';
import { viewText } from '../../words/view';
import type { MetricsParts } from '../exports';
import { type Html, markup, raw, section } from './html';
import { runsIn } from './runs';

export function findings({ results, dataset, seeds }: MetricsParts): Html {
  const runs = runsIn(results);
  if (runs.length === 0) return section('What was found', markup`<p>No step has been run.</p>`);
  const said = runs.map(([run, result]) => {
    const { sentence, facts } = foundBy(run, result, { results, dataset });
    const notes = facts.map((fact) => markup`<li>${fact}</li>`);
    return markup`<h3>${RUN_META[run].label}</h3><p>${sentence}</p>${raw(
      ...(notes.length > 0 ? [markup`<ul>${raw(...notes)}</ul>`] : []),
    )}`;
  });
  return section('What was found', ...(seeds ? ofSeeds(results, seeds) : []), ...said);
}

/** Whose results are shown where there are several seeds: some of them may have been made anew since. */
function ofSeeds(results: Results, study: SeedStudy): Html[] {
  const shown = runsIn(results).filter(([run]) => study.runs.includes(run));
  const through = new Set(study.done.map(({ seed }) => seed)).size;
  if (through < 2 || shown.length === 0) return [];
  const counted = shown.filter(([, result]) => isCounted(study, result));
  const others = shown.filter((one) => !counted.includes(one));
  const labels = (runs: typeof shown) => runs.map(([run]) => RUN_META[run].label).join(', ');
  const bySeed = [...new Set(counted.map(([, { config }]) => config.seed))].map(
    (seed) => `Of seed ${seed}: ${labels(counted.filter(([, { config }]) => config.seed === seed))}.`,
  );
  const rest = others.length > 0 ? [`Of other runs, which figures over seeds do not count: ${labels(others)}.`] : [];
  const together = `What ${through} seeds came to together stands under Figures.`;
  return [markup`<p>${[...bySeed, ...rest, together].join(' ')}</p>`];
}

type Found = Pick<Verdict, 'sentence' | 'facts'>;

function foundBy(
  run: RunId,
  result: RunResult,
  { results, dataset }: Pick<MetricsParts, 'results' | 'dataset'>,
): Found {
  const { baseline = null, sweep = null, finetune = null } = results;
  const step = STEPS.find((id) => id === run);
  if (step) return verdictOf(step, { baseline, sweep, finetune }, dataset);
  const { ended, rows, rates, suggestedRates: suggested, config, evaluation } = result;
  const sentence =
    (isExperiment(run) && experimentFinding(run, rows)) ||
    (run === 'lrFinder' && ended === 'done' && rateFinding(rates, { suggested, steps: config.lrFinderSteps })) ||
    (evaluation && evaluationSentence(evaluation)) ||
    'It has come to nothing yet.';
  return { sentence, facts: [] };
}

const evaluationSentence = ({ score, view }: NonNullable<RunResult['evaluation']>): string => {
  const { accuracy, correct, count } = score;
  const share = formatWithInterval(accuracy, wilsonInterval(correct, count), count);
  return `Of ${formatNoun(count, 'validation photo')} ${share} are right, with ${viewText(view)}.`;
};
