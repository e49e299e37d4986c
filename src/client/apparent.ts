/** The distribution of apparent sizes as curves, rows and a sentence. */
import { apparentSizeSentence, closedFormula, MIN_SCALE } from '../engine/analysis/apparentSize';
import type { ApparentSizes } from '../protocol/messages';
import { formatNoun, formatPercent } from '../words/format';
import { type ChartTable, tableOf } from './chartTable';

export type ApparentView = ApparentSizes['views'][number];

/** "validation, 224 px of the photo", "384 px of 480". */
export function apparentName({ resize, crop }: ApparentView, index: number): string {
  const of = resize === 0 ? 'the whole photo' : `${resize}`;
  return `${index === 0 ? 'Validation, ' : ''}${crop} px of ${of}`;
}

/** A point of every curve at one ratio: share of the training views a doubling of the ratio, in percent. */
export type ApparentRow = { ratio: number } & Partial<Record<string, number>>;

const POINTS = 120;

/** Densities over a logarithmic axis, on which twice as large and half as large lie equally far from 1. */
export function apparentRows({ views }: ApparentSizes): ApparentRow[] {
  const [low, high] = apparentDomain(views);
  return Array.from({ length: POINTS }, (_, i) => {
    const ratio = low * (high / low) ** (i / (POINTS - 1));
    const row: ApparentRow = { ratio };
    views.forEach(({ apparent: { histogram } }, key) => {
      const bin = histogram.find(({ from, to }) => ratio >= from && ratio < to);
      row[String(key)] = bin ? (100 * bin.share) / Math.log2(bin.to / bin.from) : 0;
    });
    return row;
  });
}

/** Powers of two around all ratios, 1 among them. */
export function apparentDomain(views: readonly ApparentView[]): [number, number] {
  const least = Math.min(1, ...views.map(({ apparent }) => apparent.min));
  const most = Math.max(1, ...views.map(({ apparent }) => apparent.max));
  return [2 ** Math.floor(Math.log2(least)), 2 ** Math.ceil(Math.log2(most))];
}

export function apparentTicks([low, high]: readonly [number, number]): number[] {
  const count = Math.round(Math.log2(high / low));
  return Array.from({ length: count + 1 }, (_, i) => low * 2 ** i);
}

/** About the baseline's own view, where among the others things look as large as in training, and which size would do it. */
export function apparentSentence({ photos, views, alike }: ApparentSizes): string {
  const [own, ...others] = views;
  if (!own) return '';
  const closest = others.reduce<ApparentView | null>(
    (best, one) => (!best || distance(one) < distance(best) ? one : best),
    null,
  );
  const match = closest
    ? ` Of the test resolutions ${closest.crop} px shows them most alike (${closest.apparent.mean.toFixed(2)} times${alike === null || alike === closest.crop ? '' : `; ${alike} px would undo the difference`}).`
    : '';
  const shares = others.map(({ shown }) => shown);
  const range = [...new Set([Math.min(...shares), Math.max(...shares)].map(wholePercent))].join(' to ');
  const ofOwn = wholePercent(own.shown);
  const ofOthers = closest && range !== ofOwn ? `, the test resolutions ${range} %` : '';
  const shown = ` That view shows ${ofOwn} % of a photo${ofOthers}.`;
  return `In the validation view: ${lower(apparentSizeSentence(own.apparent))}${match}${shown} From the sizes of ${formatNoun(photos, 'photo')}.`;
}

/** What paper and blog say of crops and apparent sizes, beside the same measured here. */
export function paperSentence({ views: [own] }: ApparentSizes): string {
  const [least, ratio] = [Math.sqrt(MIN_SCALE), 256 / 224];
  const paper = `The paper and the blog: random crops show ${least.toFixed(2)} to 1 of a photo’s side, so that at 256/224 objects look from a third (${(least * ratio).toFixed(2)}) to ${ratio.toFixed(2)} times as large in testing as in training, 0.8 times on average (${closedFormula(256, 224).toFixed(3)}).`;
  if (!own) return paper;
  const { min, max, mean } = own.apparent;
  return `${paper} Measured here, in the validation view: ${min.toFixed(2)} to ${max.toFixed(2)}, on average ${mean.toFixed(2)}.`;
}

export function apparentTable({ views }: ApparentSizes): ChartTable {
  const named = views.map((view, i) => ({
    name: apparentName(view, i),
    crop: view.crop,
    shown: view.shown,
    ...view.apparent,
  }));
  return tableOf(named, [
    {
      head: 'Test view',
      show: ({ name }) => name,
      data: { 'test view': ({ name }) => name, 'crop, px': ({ crop }) => crop },
    },
    {
      head: 'Shows',
      show: ({ shown }) => formatPercent(shown),
      data: { 'share of the photo': ({ shown }) => shown },
    },
    { head: 'Mean', show: ({ mean }) => mean.toFixed(3), data: { mean: ({ mean }) => mean } },
    { head: 'Median', show: ({ median }) => median.toFixed(3), data: { median: ({ median }) => median } },
    {
      head: 'Range',
      show: ({ min, max }) => `${min.toFixed(2)} to ${max.toFixed(2)}`,
      data: { least: ({ min }) => min, most: ({ max }) => max },
    },
    {
      head: 'Looks smaller',
      show: ({ shareSmaller }) => formatPercent(shareSmaller),
      data: { 'share that looks smaller': ({ shareSmaller }) => shareSmaller },
    },
    {
      head: 'Formula',
      show: ({ formula }) => formula?.toFixed(3) ?? '–',
      data: { formula: ({ formula }) => formula },
    },
  ]);
}

const wholePercent = (share: number) => String(Math.round(100 * share));
const distance = ({ apparent: { mean } }: ApparentView) => Math.abs(Math.log(mean));
const lower = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1);
