/** Whether a step's answers can be trusted: how sure against how right, class by class, and whose label it doubts. */
import type { LabelIssue } from '../engine/base/records';
import type { ClassMetrics } from '../engine/analysis/classMetrics';
import type { StepQuality } from '../engine/analysis/stepQuality';
import {
  capitalised,
  formatAccuracy,
  formatCount,
  formatInterval,
  formatNoun,
  formatPercent,
  formatWithInterval,
} from '../words/format';
import { type ChartTable, tableOf } from './chartTable';

export interface ReliabilityRow {
  /** "53 to 60 %" */
  label: string;
  /** All in percent. */
  confidence: number;
  accuracy: number;
  photos: number;
}

/** Bins that hold photos, by confidence. */
export function reliabilityRows({ calibration: { bins } }: StepQuality): ReliabilityRow[] {
  return bins.flatMap(({ from, to, count, confidence, accuracy }) =>
    confidence === null || accuracy === null
      ? []
      : [
          {
            label: `${Math.round(100 * from)} to ${Math.round(100 * to)} %`,
            confidence: 100 * confidence,
            accuracy: 100 * accuracy,
            photos: count,
          },
        ],
  );
}

const share = (percent: number, photos: number) => formatAccuracy(percent / 100, photos);

export const reliabilityTable = (rows: readonly ReliabilityRow[]): ChartTable =>
  tableOf(rows, [
    { head: 'Confidence', show: ({ label }) => label },
    { head: 'Photos', show: ({ photos }) => photos },
    {
      head: 'Mean confidence',
      show: ({ confidence, photos }) => share(confidence, photos),
      data: { 'mean confidence %': ({ confidence }) => confidence },
    },
    {
      head: 'Right',
      show: ({ accuracy, photos }) => share(accuracy, photos),
      data: { 'right %': ({ accuracy }) => accuracy },
    },
  ]);

/** Below it confidence and accuracy agree as far as anyone would act on. */
const SMALL_ERROR = 0.02;

export function calibrationSentence({ calibration }: StepQuality): string {
  const { ece, temperature, calibratedEce } = calibration;
  const [before, after] = [formatPercent(ece), formatPercent(calibratedEce)];
  const helps = calibratedEce < ece && after !== before;
  const sureness = temperature > 1 ? 'It is surer than it is right: ' : 'It is less sure than it could be: ';
  const how = ece < SMALL_ERROR ? 'It is about as sure as it is right: ' : helps ? sureness : '';
  const differ = `confidence and accuracy differ by ${before} on average (expected calibration error, 15 bins)`;
  const remedy = helps
    ? `Logits divided by ${temperature.toFixed(2)}, fitted on these very photos, bring that to ${after}.`
    : `No temperature helps: ${temperature.toFixed(2)}, fitted on these very photos, does not bring that down.`;
  return `${capitalised(`${how}${differ}`)}. ${remedy}`;
}

/** What counts every class alike. */
export const balancedSentence = ({ balancedAccuracy, macroF1, intervals, topK, classes }: StepQuality): string => {
  const photos = classes.reduce((sum, { count }) => sum + count, 0);
  return `Every class counted alike: balanced accuracy ${formatAccuracy(balancedAccuracy, photos)} (95 % interval ${formatInterval(intervals.balancedAccuracy, photos)}), macro F1 ${formatWithInterval(macroF1, intervals.macroF1, photos)}.${topK ? ` ${topKSentence(topK, photos)}` : ''}`;
};

const topKSentence = ({ k, accuracy }: NonNullable<StepQuality['topK']>, photos: number): string =>
  `The class is among the ${k} likeliest for ${formatAccuracy(accuracy, photos)} (top-${k} accuracy).`;

/** A value and the ends of its 95 % interval, for a file. */
const dataOf = (key: keyof ClassMetrics['intervals']): Record<string, (one: ClassMetrics) => number | null> => ({
  [key]: (one) => one[key],
  [`${key} from`]: ({ intervals }) => intervals[key].low,
  [`${key} to`]: ({ intervals }) => intervals[key].high,
});

export const metricsTable = ({ classes }: StepQuality, names: readonly string[]): ChartTable =>
  tableOf(
    classes.map((one, k) => ({ ...one, name: names[k] ?? String(k) })),
    [
      { head: 'Class', show: ({ name }) => name },
      { head: 'Photos', show: ({ count }) => count },
      {
        head: 'Precision',
        show: ({ precision, intervals }) => formatWithInterval(precision, intervals.precision),
        data: dataOf('precision'),
      },
      {
        head: 'Recall',
        show: ({ recall, intervals }) => (recall === null ? '–' : formatWithInterval(recall, intervals.recall)),
        data: dataOf('recall'),
      },
      { head: 'F1', show: ({ f1, intervals }) => formatWithInterval(f1, intervals.f1), data: dataOf('f1') },
    ],
  );

export function suspectsSentence({ suspects, classes }: StepQuality): string {
  const photos = classes.reduce((sum, { count }) => sum + count, 0);
  if (suspects.length === 0) return `No label of the ${formatCount(photos)} validation photos is suspected.`;
  return `${formatNoun(suspects.length, 'label')} of ${formatCount(photos)} validation photos may be wrong (confident learning); the likeliest first. A network that has learned little suspects many: look before you change one.`;
}

/** "blight → rust, 4.0 % sure of the label": what stands under a suspected photo. */
export const suspectNote = ({ label, suggested, selfConfidence }: LabelIssue, names: readonly string[]): string =>
  `${names[label] ?? label} → ${names[suggested] ?? suggested}, ${formatPercent(selfConfidence)} sure of the label`;
