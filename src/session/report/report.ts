/**
 * All that a session has found as one page that needs nothing else: no script, no file, no network. It is read on a screen or
 * printed on A4.
 */
import { guessingAccuracy } from '../../engine/analysis/learned';
import { rateFinding } from '../../engine/analysis/learningRate';
import { SELECTION_NAMES } from '../../engine/analysis/score';
import { bestPoint } from '../../engine/analysis/sizeChoice';
import { readConfusion } from '../../engine/analysis/stepChange';
import { type Interval, wilsonInterval } from '../../engine/analysis/wilson';
import type { Score } from '../../engine/base/records';
import type { StepQuality } from '../../engine/analysis/stepQuality';
import { BASELINE_FIELDS } from '../../engine/experiments/baseline/meta';
import { FINETUNE_FIELDS } from '../../engine/experiments/finetune/meta';
import {
  EXPERIMENT_META,
  experimentFinding,
  EXPERIMENTS,
  isExperiment,
  RUN_META,
  type RunId,
  RUNS,
  STEPS,
  STUDIO_FIELDS,
  type StudioConfig,
} from '../../engine/experiments/meta';
import { SWEEP_FIELDS } from '../../engine/experiments/sweep/meta';
import { labelOf } from '../../engine/models/meta';
import type { StepPredictions } from '../../protocol/messages';
import { isCounted, type SeedStudy } from '../../protocol/queue';
import { bestEpoch, type Results, type RunResult, settingsOf } from '../../protocol/results';
import { seedMeasures } from '../../protocol/seedTables';
import {
  formatAccuracy,
  formatCount,
  formatDuration,
  formatInterval,
  formatNoun,
  formatPercent,
  formatWithInterval,
} from '../../words/format';
import { INTERVAL_NOTE, MEASURE_UNITS, seedsText, seedText, spreadText } from '../../words/seeds';
import { verdictOf } from '../../words/verdict';
import type { Verdict } from '../../words/verdictParts';
import { viewText } from '../../words/view';
import { nameOf, temperatureOf, viewOf } from '../checkpoint';
import type { MetricsParts } from '../exports';
import { chartHtml } from './chart';
import { apparentCharts, experimentCharts, seedReportCharts, shiftCharts, sweepCharts, trainingCharts } from './charts';
import { commandOf, differencesFrom } from './command';
import { factsHtml, type Html, markup, raw, type ReportTable, tableHtml } from './html';
import { REPORT_STYLE } from './style';

/** More classes than that fill no page with their confusions. */
const MOST_CONFUSED = 20;

export function reportHtml(parts: MetricsParts): string {
  const { dataset, results, now } = parts;
  const title = `FixRes Studio: ${dataset.name}`;
  const guessing = guessingAccuracy(dataset.classes);
  const training = [results.baseline, results.finetune].filter((run) => run !== undefined);
  const charts = [
    ...training.flatMap((run) => trainingCharts(run, guessing)),
    ...(results.sweep ? sweepCharts(results.sweep, guessing) : []),
    ...apparentCharts(parts.apparent),
    ...(results.finetune ? shiftCharts(results.finetune) : []),
    ...(parts.seeds
      ? seedReportCharts(
          parts.seeds,
          dataset.classes.map(({ name }) => name),
        )
      : []),
    ...experimentCharts(results),
  ];
  const body = [
    verdicts(parts),
    photos(parts),
    figures(parts),
    section('Charts', ...charts.map(chartHtml)),
    ...classes(parts),
    settings(results),
    environment(parts),
    again(parts),
  ];
  return `<!doctype html>
${markup`<html lang="en"><head>${raw(META)}<title>${title}</title><style>${raw(REPORT_STYLE as Html)}</style></head>`}
${markup`<body><main><h1>${title}</h1><p>Written ${timeText(now)}.</p>${raw(...body)}</main></body></html>`}
`;
}

/** Nothing is fetched and nothing runs, whatever the page says. */
const META = markup`<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;

const section = (title: string, ...content: readonly Html[]): Html =>
  markup`<section><h2>${title}</h2>${raw(...content)}</section>`;

/** What each run came to, in the words of the page, with all that must be known beside it. */
function verdicts({ results, dataset, seeds }: MetricsParts): Html {
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

function photos({ dataset, orientations }: MetricsParts): Html {
  const { name, format, trainCount, validationCount, testCount, warningCounts } = dataset;
  const warnings = Object.entries(warningCounts).map(([kind, count]) => `${kind}: ${formatCount(count)}`);
  return section(
    'Photos',
    factsHtml([
      ['Name', name],
      ['Understood as', format],
      ['To train on', formatCount(trainCount)],
      ['To validate on', formatCount(validationCount)],
      ...(testCount > 0 ? [['Held out of all choices', formatCount(testCount)] as const] : []),
      ...(warnings.length > 0 ? [['Warnings', warnings.join(', ')] as const] : []),
      ...(orientations
        ? [['Photos that EXIF wants turned', `${orientations.turned} of ${orientations.looked} looked at`] as const]
        : []),
    ]),
    tableHtml(
      {
        columns: ['Class', 'Training', 'Validation', ...(testCount > 0 ? ['Held out'] : [])],
        rows: dataset.classes.map((one) => [
          one.name,
          formatCount(one.train),
          formatCount(one.validation),
          ...(testCount > 0 ? [formatCount(one.test)] : []),
        ]),
      },
      'Photos of each class',
    ),
  );
}

/** The figures of each step, and over seeds where there are some. */
function figures({ results, seeds }: MetricsParts): Html {
  const { baseline, sweep, finetune, evaluate } = results;
  const score = (name: string, one: Score | null | undefined) => (one ? [[name, ...scoreCells(one)]] : []);
  const best = sweep && bestPoint(sweep.points, sweep.config.selectBy);
  const rows = [
    ...score('Baseline, best epoch', bestEpoch(baseline)?.validation),
    ...score('Baseline, held-out photos', baseline?.heldOut?.score),
    ...score(
      `Test size of the highest ${SELECTION_NAMES[sweep?.config.selectBy ?? 'accuracy']}${best ? `, ${best.size} px` : ''}`,
      best,
    ),
    ...score('That size, held-out photos', sweep?.heldOut?.score),
    ...score(`Fine-tuned${finetune ? ` at ${finetune.size} px` : ''}`, bestEpoch(finetune)?.validation),
    ...score('Fine-tuned, held-out photos', finetune?.heldOut?.score),
    ...score('Measured again', evaluate?.evaluation?.score),
  ];
  const table = { columns: ['Measured', 'Accuracy', '95 % interval', 'Right'], rows };
  const measures = seeds ? seedMeasures(seeds) : [];
  const overSeeds: ReportTable = {
    columns: ['Measured', 'Mean and 95 % interval', ...(seeds?.seeds ?? []).map((seed) => `Seed ${seed}`)],
    rows: measures.map((measure) => [
      measure.name,
      spreadText(measure.spread, MEASURE_UNITS[measure.what]),
      ...(seeds?.seeds ?? []).map((seed) => seedText(measure, seed, MEASURE_UNITS[measure.what])),
    ]),
  };
  return section(
    'Figures',
    tableHtml(table, 'Accuracy on the validation photos, and on those held out'),
    ...(seeds && measures.length > 0
      ? [markup`<p>Over ${seedsText(seeds)}. ${INTERVAL_NOTE}</p>`, tableHtml(overSeeds, 'Figures over seeds')]
      : []),
  );
}

const scoreCells = ({ accuracy, correct, count }: Score): string[] => [
  formatAccuracy(accuracy, count),
  formatInterval(wilsonInterval(correct, count), count),
  `${formatCount(correct)} of ${formatCount(count)}`,
];

/** "2026-01-31 09:05 UTC", of an ISO date and time. */
const timeText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

function suspectsText(count: number, all: StepQuality['classes']): string {
  const photos = all.reduce((sum, one) => sum + one.count, 0);
  const doubt = count > 0 ? '; a network that has learned little suspects many' : '';
  return `${formatCount(count)} of ${formatCount(photos)}, by confident learning${doubt}`;
}

/** Of the last step that was measured: each class, how sure it is, and what is taken for what. */
function classes({ answers, dataset }: MetricsParts): Html[] {
  const last = answers.steps.at(-1);
  if (!last) return [];
  const names = dataset.classes.map(({ name }) => name);
  const { quality, step, size } = last;
  const { ece, calibratedEce, temperature, bins } = quality.calibration;
  const full = bins.filter(({ count }) => count > 0);
  const share = (value: number | null, interval: Interval) =>
    value === null ? '–' : formatWithInterval(value, interval);
  return [
    section(
      `Classes: ${RUN_META[step].label}, ${size} px`,
      factsHtml([
        ['Balanced accuracy', share(quality.balancedAccuracy, quality.intervals.balancedAccuracy)],
        ['Macro F1', share(quality.macroF1, quality.intervals.macroF1)],
        ...(quality.topK ? [[`Top-${quality.topK.k} accuracy`, formatPercent(quality.topK.accuracy)] as const] : []),
        ['Expected calibration error', formatPercent(ece)],
        [`With a temperature of ${temperature.toFixed(2)}`, formatPercent(calibratedEce)],
        ['Labels that may be wrong', suspectsText(quality.suspects.length, quality.classes)],
      ]),
      tableHtml(
        {
          columns: ['Class', 'Photos', 'Precision', 'Recall', 'F1'],
          rows: quality.classes.map(({ count, precision, recall, f1, intervals }, k) => [
            names[k] ?? k,
            count,
            share(precision, intervals.precision),
            share(recall, intervals.recall),
            share(f1, intervals.f1),
          ]),
        },
        'Precision, recall and F1 of each class',
      ),
      ...confusions(last, answers.labels, names),
      chartHtml({
        title: 'Reliability',
        sentence:
          'How often it is right beside how sure it is, in bins of confidence: on the diagonal it is as sure as it is right.',
        x: 'confidence, %',
        y: 'right, %',
        range: [0, 100],
        curves: [
          { name: 'as sure as right', color: 'faint', points: [0, 100].map((at) => ({ x: at, y: at })) },
          {
            name: 'measured',
            color: 'validation',
            points: full.map((bin) => ({ x: 100 * bin.confidence!, y: 100 * bin.accuracy! })),
          },
        ],
        table: {
          columns: ['Confidence', 'Photos', 'Mean confidence', 'Right'],
          rows: full.map(({ from, to, count, confidence, accuracy }) => [
            `${formatPercent(from)} to ${formatPercent(to)}`,
            count,
            formatPercent(confidence!),
            formatPercent(accuracy!),
          ]),
        },
      }),
    ),
  ];
}

function confusions({ predictions }: StepPredictions, labels: Int32Array, names: readonly string[]): Html[] {
  if (names.length > MOST_CONFUSED) return [];
  const counts = readConfusion(labels, predictions, names.length);
  const rows = counts.map((row, k) => [names[k]!, ...row]);
  return [tableHtml({ columns: ['Is, taken for', ...names], rows }, 'What is taken for what, photos')];
}

/** Every setting that any of the runs was made with; a column a run where they differ. */
function settings(results: Results): Html {
  const runs = runsIn(results);
  if (runs.length === 0) return markup``;
  const keys = (Object.keys(STUDIO_FIELDS) as (keyof StudioConfig)[]).filter((key) => {
    const owner = ownerOf(key);
    return owner === null || !isExperiment(owner) || results[owner];
  });
  const values = keys.map((key) => runs.map(([, { config }]) => String(config[key])));
  const alike = values.every((row) => new Set(row).size === 1);
  const rows = keys.map((key, i) => {
    const { label, unit } = STUDIO_FIELDS[key] as { label: string; unit?: string };
    const owner = ownerOf(key);
    const name = unit ? `${label}, ${unit}` : label;
    return [name, owner ? RUN_META[owner].label : 'all', key, ...values[i]!.slice(0, alike ? 1 : runs.length)];
  });
  const columns = ['Setting', 'Of', 'Name', ...(alike ? ['Value'] : runs.map(([run]) => RUN_META[run].label))];
  return section('Settings', tableHtml({ columns, rows }, 'Settings of the runs'));
}

/** The step or experiment that a setting is of; null: of all. */
function ownerOf(key: string): RunId | null {
  if (key in BASELINE_FIELDS) return 'baseline';
  if (key in SWEEP_FIELDS) return 'sweep';
  if (key in FINETUNE_FIELDS) return 'finetune';
  return EXPERIMENTS.find((id) => key in EXPERIMENT_META[id].ownFields) ?? null;
}

const runsIn = (results: Results): [RunId, RunResult][] =>
  RUNS.flatMap((run): [RunId, RunResult][] => (results[run] ? [[run, results[run]]] : []));

function environment({ adapter, userAgent, results, weights }: MetricsParts): Html {
  const view = weights && viewOf(weights);
  const temperature = weights && temperatureOf(weights);
  const gpu = adapter
    ? [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(' ')
    : 'unknown';
  const took = runsIn(results).map(([run, result]) => [
    RUN_META[run].label,
    timeText(result.startedAt),
    result.ended,
    result.seconds === null ? '–' : formatDuration(result.seconds),
    formatCount(result.unreadable.length),
  ]);
  return section(
    'Environment',
    factsHtml([
      ['GPU', `${gpu}${adapter?.software ? ' (software)' : ''}`],
      ['Browser', userAgent],
      ...(weights
        ? ([
            ['Weights', `${labelOf(weights.arch)}, ${nameOf(weights)}`],
            ...(view ? [['Tested in', viewText(view)]] : []),
            ...(temperature === null ? [] : [['Temperature', temperature.toFixed(3)]]),
          ] as [string, string][])
        : []),
    ]),
    tableHtml({ columns: ['Run', 'Started', 'Ended', 'Took', 'Photos that could not be read'], rows: took }, 'Runs'),
  );
}

function again({ results, seeds, weights, dataset, fromSample }: MetricsParts): Html {
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
