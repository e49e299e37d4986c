/**
 * All that a session has found as one page that needs nothing else: no script, no file, no network. It is read on a screen or
 * printed on A4.
 */
import { guessingAccuracy } from '../../engine/analysis/learned';
import { SELECTION_NAMES } from '../../engine/analysis/score';
import { bestPoint } from '../../engine/analysis/sizeChoice';
import { wilsonInterval } from '../../engine/analysis/wilson';
import type { Score } from '../../engine/base/records';
import { isExperiment, RUN_META, STUDIO_FIELDS, type StudioConfig } from '../../engine/experiments/meta';
import { labelOf } from '../../engine/models/meta';
import { bestEpoch, type Results } from '../../protocol/results';
import { seedMeasures } from '../../protocol/seedTables';
import { formatAccuracy, formatCount, formatDuration, formatInterval } from '../../words/format';
import { INTERVAL_NOTE, MEASURE_UNITS, seedsText, seedText, spreadText } from '../../words/seeds';
import { leadingSizes } from '../../words/sizeVerdict';
import { viewText } from '../../words/view';
import { nameOf, temperatureOf, viewOf } from '../checkpoint';
import type { MetricsParts } from '../exports';
import { again } from './again';
import { chartHtml } from './chart';
import { apparentCharts, experimentCharts, seedReportCharts, shiftCharts, sweepCharts, trainingCharts } from './charts';
import { classQuality } from './classQuality';
import { findings } from './findings';
import { factsHtml, type Html, markup, raw, type ReportTable, section, tableHtml } from './html';
import { ownerOf, runsIn } from './runs';
import { REPORT_STYLE } from './style';

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
    findings(parts),
    photos(parts),
    figures(parts),
    section('Charts', ...charts.map(chartHtml)),
    ...classQuality(parts),
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
      `Test size of the highest ${SELECTION_NAMES[sweep?.config.selectBy ?? 'accuracy']}${best ? `, ${leadingSizes(sweep, null)}` : ''}`,
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
