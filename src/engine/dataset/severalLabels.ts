/** Labels that are several in one: "scab rust", "scab|rust". */
import type { Values } from './types';

const SEPARATORS = ['|', ',', ';', '+', '&', '/', ' and ', ' '];
/** Between which parts may be new that stand in several labels. */
const SURE = ['|', ',', ';'];

/** Undefined if every label is one. A refusal where the combinations are too many to be classes. */
export function severalLabels(labels: readonly string[]): { values: Values; refusal: boolean } | undefined {
  const kinds = new Set(labels);
  for (const separator of SEPARATORS) {
    const combined = [...kinds].filter((label) => label.includes(separator));
    if (combined.length === 0) continue;
    const partsOf = (label: string) => label.split(separator).map((part) => part.trim());
    const counts = new Map<string, number>();
    for (const label of combined) for (const part of partsOf(label)) counts.set(part, (counts.get(part) ?? 0) + 1);
    const isKnown = (part: string) => kinds.has(part) || (SURE.includes(separator) && (counts.get(part) ?? 0) > 1);
    // Bars stand between labels alone.
    const known = separator === '|' ? combined : combined.filter((label) => partsOf(label).every(isKnown));
    if (known.length === 0 || known.length * 10 < combined.length * 6) continue;
    const count = labels.filter((label) => known.includes(label)).length;
    const values = { count, example: known[0]!, classes: kinds.size };
    return { values, refusal: kinds.size * 2 > labels.length };
  }
  return undefined;
}
