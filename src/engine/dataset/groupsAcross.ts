/** Groups (a patient, a plant) whose photos a given split has put on more than one side: what is measured on is known, then. */
import { groupsOf } from './splits';
import { type DatasetWarning, type GroupsAcross, type Sample, type Split, SPLITS } from './types';

const EXAMPLES = 3;

type Splits = Readonly<Record<Split, readonly Sample[]>>;
type Placed = Sample & { split: Split };

function acrossOf(dataset: Splits): Placed[][] {
  const placed = SPLITS.flatMap((split) => dataset[split].map((sample): Placed => ({ ...sample, split })));
  const grouped = placed.filter(({ group }) => group !== undefined);
  return groupsOf(grouped).filter((members) => members.some(({ split }) => split !== members[0]!.split));
}

/** Paths of their photos. */
export const pathsAcross = (dataset: Splits): ReadonlySet<string> =>
  new Set(acrossOf(dataset).flatMap((members) => members.map(({ path }) => path)));

/** @param column What names the groups. Undefined where no group is on two sides. */
export function findGroupsAcross(
  dataset: Splits,
  column: string,
): { found: GroupsAcross; warnings: DatasetWarning[] } | undefined {
  const across = acrossOf(dataset);
  if (across.length === 0) return undefined;
  const nameOf = (members: readonly Placed[]) => members[0]!.group!;
  const countOf = (members: readonly Placed[], split: Split) => members.filter((one) => one.split === split).length;
  return {
    found: {
      column,
      groups: across.length,
      photos: across.reduce((sum, { length }) => sum + length, 0),
      examples: across.slice(0, EXAMPLES).map(nameOf),
    },
    warnings: across.map((members) => ({
      code: 'group-across',
      file: members.find(({ split }) => split !== 'train')!.path,
      values: {
        column,
        group: nameOf(members),
        ...Object.fromEntries(SPLITS.map((split) => [split, countOf(members, split)])),
      },
    })),
  };
}
