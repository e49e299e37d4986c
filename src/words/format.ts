/** Numbers as people read them: a unit, a sensible number of digits, a true minus sign. */
import { accuracyDigits, formatAccuracy, inPercent } from '../engine/base/accuracyText';

export { formatAccuracy, formatPoints, formatSigned } from '../engine/base/accuracyText';

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 17118 → "17,118". */
export const formatCount = (count: number): string => WHOLE.format(count);

/** 1, "photo" → "1 photo"; 3, "class", "classes" → "3 classes". */
export function formatNoun(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "macro F1" → "Macro F1". */
export const capitalised = (words: string): string => `${words[0]!.toUpperCase()}${words.slice(1)}`;

/** 0.7109 → "71.1 %". */
export const formatPercent = (share: number): string => `${inPercent(share)} %`;

/** 0.0312 → "0.031", 2e-7 → "< 0.001". */
export const formatProbability = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** { low, high } of so many photos → "69.7 to 72.4 %". */
export function formatInterval({ low, high }: { low: number; high: number }, photos = 0): string {
  return `${inPercent(low, accuracyDigits(photos))} to ${formatAccuracy(high, photos)}`;
}

/** "83.3 % (62.1 to 94.0 %)": a share of so many photos, and its interval. */
export const formatWithInterval = (share: number, interval: { low: number; high: number }, photos = 0): string =>
  `${formatAccuracy(share, photos)} (${formatInterval(interval, photos)})`;

/** Nats, three digits: 0.6824 → "0.682", 12.34 → "12.3". */
export const formatLoss = (loss: number): string => loss.toFixed(loss < 10 ? 3 : 1);

/** 114.2 → "114 images/s", 3.14 → "3.1 images/s". */
export const formatRate = (imagesPerSecond: number): string =>
  `${imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : formatCount(imagesPerSecond)} images/s`;

/** 0.4 → "under 1 s", 75 → "1 min 15 s", 7500 → "2 h 5 min", 200000 → "2 d 7 h". */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(whole, 60, 'min', 1, 's');
  if (whole < 86_400) return pair(whole, 3600, 'h', 60, 'min');
  return pair(whole, 86_400, 'd', 3600, 'h');
}

/** What is expected, no finer than that can be known: 0.4 → "under 1 s", 2441 → "about 41 min", 11_815_000 → "about 137 d". */
export function formatEstimate(seconds: number, about = 'about'): string {
  if (seconds < 1) return formatDuration(seconds);
  const unit = [86_400, 3600, 60].find((one) => seconds >= 10 * one) ?? 1;
  return `${about} ${formatDuration(Math.round(seconds / unit) * unit)}`;
}

function pair(seconds: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % big) / small);
  return `${Math.floor(seconds / big)} ${bigUnit}${rest > 0 ? ` ${rest} ${smallUnit}` : ''}`;
}

/** 5.5e9 → "5.1 GiB", 94e6 → "90 MiB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}

/** Keeps a number and its unit on one line. */
export const keepUnits = (text: string): string => text.replaceAll(/ (?=%|px\b|points?\b)/g, '\u00a0');

/** As one word of a POSIX shell, whatever is in it. */
export const shellWord = (word: string): string =>
  /^[\w=.,:/+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
