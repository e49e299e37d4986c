/** What several seeds came to, in words. */
import { formatPoints, formatSigned } from '../engine/base/accuracyText';
import type { SeedStudy } from '../protocol/queue';
import { type SeedMeasure, seedMeasures } from '../protocol/seedTables';
import { formatNoun, formatPercent } from './format';

/** "71.9 %, 68.9 to 74.9 %"; gains in points; without an interval where a single seed has been through. */
export function spreadText({ spread, gain }: Pick<SeedMeasure, 'spread' | 'gain'>): string {
  const { mean, low, high } = spread;
  if (gain) {
    const interval = low === null || high === null ? '' : `, ${signed(low)} to ${signed(high)}`;
    return `${signed(mean)}${interval} points`;
  }
  if (low === null || high === null) return formatPercent(mean);
  // An interval by Student's t knows nothing of the ends of the scale.
  return `${formatPercent(mean)}, ${(100 * Math.max(0, low)).toFixed(1)} to ${formatPercent(Math.min(1, high))}`;
}

/** What was measured with a seed, alone: "71.9 %", of a gain "+1.2 points"; a dash where nothing was. */
export function seedText({ values, gain }: Pick<SeedMeasure, 'values' | 'gain'>, seed: number): string {
  const own = values.find((one) => one.seed === seed);
  if (!own) return '–';
  return gain ? formatPoints(own.value) : formatPercent(own.value);
}

const signed = (share: number): string => formatSigned(share);

/** "3 seeds (42 to 44)", "2 of 3 seeds so far". */
export function seedsText({ seeds, done, runs }: SeedStudy): string {
  const through = seeds.filter((seed) => runs.every((run) => done.some((one) => one.run === run && one.seed === seed)));
  if (through.length < seeds.length) return `${through.length} of ${formatNoun(seeds.length, 'seed')} so far`;
  return `${formatNoun(seeds.length, 'seed')} (${seeds[0]} to ${seeds.at(-1)})`;
}

export const INTERVAL_NOTE =
  'Mean and its 95 % interval by Student’s t over seeds: same photos, other order, views and first weights.';

/** The terminal's table. */
export function seedLines(study: SeedStudy): string[] {
  const measures = seedMeasures(study);
  if (measures.length === 0) return [];
  const width = Math.max(...measures.map(({ name }) => name.length));
  return [
    `Over ${seedsText(study)}. ${INTERVAL_NOTE}`,
    ...measures.map((measure) => `  ${measure.name.padEnd(width)}  ${spreadText(measure)}`),
  ];
}
