/** What makes a given split measure on what was trained on: groups on both its sides, and the same file in two of its parts. */
import type { GroupsAcross } from '../engine/dataset/types';
import type { SplitCopies } from '../protocol/photos';
import { formatCount, formatNoun } from './format';

const EXAMPLES = 2;

export function groupsSentence({ column, groups, photos, examples }: GroupsAcross): string {
  const named = `${examples.map((name) => `“${name}”`).join(', ')}${groups > examples.length ? ', …' : ''}`;
  return `${formatNoun(groups, 'group')} of equal “${column}” ${groups === 1 ? 'is' : 'are'} in several splits (${named}; ${formatNoun(photos, 'photo')}): what is measured on is partly known to the network, and looks better than it is.`;
}

/** Null where there are none. */
export function copiesSentence({ groups, unlooked }: SplitCopies): string | null {
  if (groups.length === 0) return null;
  const pairs = groups.slice(0, EXAMPLES).map((group) => {
    const other = group.find(({ split }) => split !== group[0]!.split)!;
    return `${group[0]!.path} = ${other.path}`;
  });
  const photos = groups.reduce((sum, { length }) => sum + length, 0);
  const rest =
    unlooked > 0
      ? ` ${formatNoun(unlooked, 'more photo of equal size was', 'more photos of equal size were')} not compared; the check under All photos does.`
      : '';
  const more = groups.length > EXAMPLES ? `; …` : '';
  return `${formatCount(photos)} photos are the same files in several splits (${pairs.join('; ')}${more}): what is measured on was trained on.${rest}`;
}
