/** The map of photos as points of a square: what each one's colour says, and which are meant by a pointer, a line or a key. */
import { type Split, SPLITS } from '../engine/dataset/types';
import type { MapProgress, MeasuredPhotos, PhotoColumns, SimilarityMap } from '../protocol/photos';
import { formatCount, formatNoun, formatPercent } from '../words/format';
import { measuredName, saidOf, SPLIT_NAMES } from './room';
import { placeOf } from './photoFilter';

export type ColorBy = 'class' | 'split' | 'outcome';
export type Outcome = 'right' | 'wrong' | 'unasked';

export const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  right: 'Right',
  wrong: 'Wrong',
  unasked: 'Not asked about',
};

/** Colours that can be told apart; photos of classes beyond them share one more group. */
export const CLASS_COLORS = 8;
export const OTHER_CLASSES = 'Other classes';

/** [points, 2] in the unit square, as wide as it is high, y downwards; one place where all are the same. */
export function toUnitSquare(places: Float32Array): Float32Array {
  const least = [Infinity, Infinity];
  const most = [-Infinity, -Infinity];
  places.forEach((value, i) => {
    least[i % 2] = Math.min(least[i % 2]!, value);
    most[i % 2] = Math.max(most[i % 2]!, value);
  });
  const side = Math.max(most[0]! - least[0]!, most[1]! - least[1]!) || 1;
  return places.map((value, i) => {
    const at = (value - (least[i % 2]! + most[i % 2]!) / 2) / side;
    return 0.5 + (i % 2 === 0 ? at : -at);
  });
}

export interface PointGroups {
  /** A group a point. */
  groups: Uint8Array;
  /** What each group is, with how many points; those with the most first, and none that has no point. */
  legend: readonly { group: number; name: string; count: number }[];
}

/** @param measured Whose answers; without them no photo was asked about. */
export function groupsOf(
  { photos }: SimilarityMap,
  columns: PhotoColumns,
  { measured, names, by }: { measured: MeasuredPhotos | null; names: readonly string[]; by: ColorBy },
): PointGroups {
  const { labels, counts } = columns;
  const named = {
    class: () => {
      const sizes = names.map((_, label) => photos.reduce((sum, photo) => sum + Number(labels[photo] === label), 0));
      const shown = [...names.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b).slice(0, CLASS_COLORS);
      const groupOf = (photo: number) =>
        shown.includes(labels[photo]!) ? shown.indexOf(labels[photo]!) : CLASS_COLORS;
      return { groupOf, all: [...shown.map((label) => names[label]!), OTHER_CLASSES] };
    },
    split: () => ({
      groupOf: (photo: number) => SPLITS.indexOf(placeOf(counts, photo).split),
      all: SPLITS.map((split: Split) => SPLIT_NAMES[split]),
    }),
    outcome: () => ({
      groupOf: (photo: number) => {
        const said = saidOf(columns, measured, photo);
        return said ? Number(said.predicted !== labels[photo]) : 2;
      },
      all: Object.values(OUTCOME_NAMES),
    }),
  }[by]();
  const groups = Uint8Array.from(photos, named.groupOf);
  const legend = named.all.map((name, group) => ({
    group,
    name,
    count: groups.reduce((sum, one) => sum + Number(one === group), 0),
  }));
  return { groups, legend: legend.filter(({ count }) => count > 0) };
}

export interface Point {
  x: number;
  y: number;
}

/** The point nearest to a place, no farther than `within`; -1 where there is none. @param points [points, 2] */
export function nearestPoint(points: Float32Array, { x, y }: Point, within: number): number {
  let [nearest, least] = [-1, within];
  for (let i = 0; 2 * i < points.length; i++) {
    const distance = Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y);
    if (distance > least) continue;
    [nearest, least] = [i, distance];
  }
  return nearest;
}

/** The points within a closed line, by the even-odd rule. @param points [points, 2] */
export function pointsWithin(points: Float32Array, line: readonly Point[]): number[] {
  return [...Array(points.length / 2).keys()].filter((i) => {
    const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
    let inside = false;
    line.forEach((a, k) => {
      const b = line.at(k - 1)!;
      if (a.y > y !== b.y > y && x < a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y)) inside = !inside;
    });
    return inside;
  });
}

/** The nearest point to the side that an arrow key names, at most 45° off it; the same where there is none. @param points [points, 2] */
export function pointBeside(points: Float32Array, from: number, key: string): number {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
  let [best, least] = [from, Infinity];
  for (let i = 0; 2 * i < points.length; i++) {
    const [x, y] = [points[2 * i]! - points[2 * from]!, points[2 * i + 1]! - points[2 * from + 1]!];
    const along = x * dx! + y * dy!;
    const across = Math.abs(x * dy! - y * dx!);
    const distance = along + 2 * across;
    if (along <= 0 || across > along || distance >= least) continue;
    [best, least] = [i, distance];
  }
  return best;
}

const PART_NAMES: Readonly<Record<MapProgress['part'], string>> = {
  features: 'Photos through the network',
  components: 'Principal components',
  neighbours: 'Nearest neighbours',
  layout: 'Layout',
};

/** "Nearest neighbours, 40 %" */
export const mapProgressWords = ({ part, done }: MapProgress): string => `${PART_NAMES[part]}, ${formatPercent(done)}`;

/** Whose features were laid out, and of how many photos. */
export function mapSentence(map: SimilarityMap, { labels, measured }: PhotoColumns): string {
  const all = labels.length;
  const some =
    map.photos.length < all
      ? `${formatCount(map.photos.length)} of ${formatNoun(all, 'photo')}`
      : formatNoun(all, 'photo');
  return `${some} as the network sees them (${measuredName(map, measured)}): neighbours look alike to it; how far groups are apart says little.`;
}
