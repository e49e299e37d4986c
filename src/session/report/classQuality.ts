/** How well the last step that was measured tells the classes apart. */
import { readConfusion } from '../../engine/analysis/stepChange';
import type { Interval } from '../../engine/analysis/wilson';
import type { StepQuality } from '../../engine/analysis/stepQuality';
import { RUN_META } from '../../engine/experiments/meta';
import type { StepPredictions } from '../../protocol/messages';
import { formatCount, formatPercent, formatWithInterval } from '../../words/format';
import type { MetricsParts } from '../exports';
import { chartHtml } from './chart';
import { factsHtml, type Html, section, tableHtml } from './html';

/** More classes than that fill no page with their confusions. */
const MOST_CONFUSED = 20;

/** Of the last step that was measured: each class, how sure it is, and what is taken for what. */
export function classQuality({ answers, dataset }: MetricsParts): Html[] {
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

function suspectsText(count: number, all: StepQuality['classes']): string {
  const photos = all.reduce((sum, one) => sum + one.count, 0);
  const doubt = count > 0 ? '; a network that has learned little suspects many' : '';
  return `${formatCount(count)} of ${formatCount(photos)}, by confident learning${doubt}`;
}
