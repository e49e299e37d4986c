/** Under which terms weights stand: those of all files that they were made of. */
import type { WeightsOrigin } from '../protocol/weights';

type Link = Pick<WeightsOrigin, 'run' | 'name' | 'licence'>;

/** As their makers name them, joined by " and "; null where nobody has said. */
export function licenceOf(history: readonly Link[]): string | null {
  const named = new Set(history.flatMap(({ licence }) => (licence ? [licence] : [])));
  return named.size > 0 ? [...named].join(' and ') : null;
}

/** What holds for weights made of others'; null where they were made of no file, or nobody has said. */
export function licenceSentence(history: readonly Link[]): string | null {
  const licence = licenceOf(history);
  if (licence === null) return null;
  const own = history.at(-1)?.run === 'import';
  const terms = /\bnc\b/i.test(licence) ? `${licence}, which allows no commercial use` : licence;
  return own ? `Licence: ${terms}.` : `Made of weights under ${terms}: what is made of them stands under it, too.`;
}
