/** Columns by their names. */
import { NONE } from './settings';

/** Letters and digits alone, in lower case and without accents. */
export const plainName = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/** The column that a setting names, as written, or in other case. Undefined if there is none. */
export function columnOf(name: string | undefined, names: readonly string[]): number | undefined {
  if (name === undefined || name === NONE) return undefined;
  const exact = names.indexOf(name.trim());
  if (exact >= 0) return exact;
  const alike = names.map(plainName).indexOf(plainName(name));
  return alike >= 0 ? alike : undefined;
}

export function byName(
  plain: readonly string[],
  wanted: readonly string[],
  may: (column: number) => boolean,
): number | undefined {
  const ranks = plain.map((name, column) => (may(column) ? wanted.indexOf(name) : -1));
  const best = Math.min(...ranks.filter((rank) => rank >= 0));
  return Number.isFinite(best) ? ranks.indexOf(best) : undefined;
}

/** Plain names, with spaces between. */
export function words(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(' ').map(plainName));
}
