/**
 * Places a chart's words where they hide nothing: each label tries places around what it names, and takes the one that
 * lies on the fewest marks, then the nearest. Labels never lie on one another. Pixels, y downwards.
 */

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

/** Of a curve, or any other straight mark. */
export type Segment = readonly [from: Point, to: Point];

export interface Label {
  width: number;
  height: number;
  /** What it names. */
  anchor: Point;
  /**
   * `end`: to the right of a curve's end; `point`: around a dot; `across` and `upright`: along a line that crosses the
   * whole plot there.
   */
  kind: 'end' | 'point' | 'across' | 'upright';
}

export interface Placed extends Box {
  /** From what is named to the words, where they do not touch it; else null. */
  leader: Segment | null;
}

/** Px that words keep from what they name and from one another. */
const GAP = 6;
/** A mark under a word costs as much as this many px of distance. */
const MARK_COST = 60;
const NEAR = 12;

/** In their order, the first having the first choice. Null where nothing is free. `bounds`: none leaves them. */
export function placeLabels(labels: readonly Label[], marks: readonly Segment[], bounds: Box): (Placed | null)[] {
  const ends = placeEnds(labels, bounds);
  const taken: Box[] = ends.filter((box) => box !== null);
  return labels.map((label, i) => {
    const end = ends[i];
    if (end) return inside(end, bounds) ? { ...end, leader: leaderOf(label, end) } : null;
    let best: { box: Box; cost: number } | null = null;
    for (const box of candidates(label, bounds)) {
      if (!inside(box, bounds) || taken.some((other) => overlaps(grown(box, 2), other))) continue;
      const cost = costOf(box, distance(label, box), marks, best?.cost ?? Infinity);
      if (!best || cost < best.cost) best = { box, cost };
    }
    if (!best) return null;
    taken.push(best.box);
    return { ...best.box, leader: leaderOf(label, best.box) };
  });
}

/** What the marks under a place add to `cost`; counted no further than to `most`. */
function costOf(box: Box, cost: number, marks: readonly Segment[], most: number): number {
  const kept = grown(box, 1);
  for (const mark of marks) {
    if (cost >= most) break;
    if (crosses(mark, kept)) cost += MARK_COST;
  }
  return cost;
}

/** Labels at curves' ends, spread so that none hides another and all together move least; null for other kinds. */
function placeEnds(labels: readonly Label[], bounds: Box): (Box | null)[] {
  interface Cluster {
    members: number[];
    /** Of the whole cluster. */
    height: number;
    /** Where its members would have its top, on average. */
    top: number;
  }
  const topOf = ({ height, top }: Cluster) => Math.min(Math.max(top, bounds.y), bounds.y + bounds.height - height);
  const sorted = labels.flatMap(({ kind }, i) => (kind === 'end' ? [i] : []));
  sorted.sort((a, b) => labels[a]!.anchor.y - labels[b]!.anchor.y);
  const clusters: Cluster[] = [];
  for (const i of sorted) {
    const { anchor, height } = labels[i]!;
    let cluster: Cluster = { members: [i], height, top: anchor.y - height / 2 };
    for (
      let before = clusters.at(-1);
      before && topOf(before) + before.height > topOf(cluster);
      before = clusters.at(-1)
    ) {
      clusters.pop();
      const [m, n] = [before.members.length, cluster.members.length];
      cluster = {
        members: [...before.members, ...cluster.members],
        height: before.height + cluster.height,
        top: (before.top * m + (cluster.top - before.height) * n) / (m + n),
      };
    }
    clusters.push(cluster);
  }
  const places: (Box | null)[] = labels.map(() => null);
  for (const cluster of clusters) {
    let y = topOf(cluster);
    for (const i of cluster.members) {
      const { anchor, width, height } = labels[i]!;
      places[i] = { x: anchor.x + GAP + 2, y, width, height };
      y += height;
    }
  }
  return places;
}

function* candidates({ anchor, width, height, kind }: Label, bounds: Box): Generator<Box> {
  const at = (x: number, y: number): Box => ({ x, y, width, height });
  if (kind === 'across') {
    for (let x = bounds.x + bounds.width - width; x >= bounds.x; x -= 12) {
      for (const away of [2, 14, 28, 44]) {
        yield at(x, anchor.y - height - away);
        yield at(x, anchor.y + away);
      }
    }
  } else if (kind === 'upright') {
    for (let y = bounds.y; y <= bounds.y + bounds.height - height; y += 6) {
      yield at(anchor.x + GAP, y);
      yield at(anchor.x - GAP - width, y);
    }
  } else {
    for (const reach of [GAP + 4, 16, 26, 38, 54, 74, 98, 126, 160]) {
      for (let turn = 0; turn < 16; turn++) {
        // From straight above, to both sides in turn.
        const angle = -Math.PI / 2 + (Math.ceil(turn / 2) * (turn % 2 ? 1 : -1) * Math.PI) / 8;
        const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
        yield at(anchor.x + dx * (reach + width / 2) - width / 2, anchor.y + dy * (reach + height / 2) - height / 2);
      }
    }
  }
}

/** What a place costs by itself: labels along a line would be at its right or upper end, others near. */
function distance({ anchor, kind }: Label, box: Box): number {
  if (kind === 'across') {
    const away = Math.max(anchor.y - box.y - box.height, box.y - anchor.y);
    return 0.02 * (anchor.x - box.x) + away + (box.y > anchor.y ? 4 : 0);
  }
  if (kind === 'upright') return 0.1 * box.y + (box.x < anchor.x ? 4 : 0);
  const near = nearest(box, anchor);
  return Math.hypot(near.x - anchor.x, near.y - anchor.y);
}

function leaderOf({ anchor, kind }: Label, box: Box): Segment | null {
  if (kind === 'upright') return null;
  // A line is met below or above its words.
  const named = kind === 'across' ? { x: box.x + box.width / 2, y: anchor.y } : anchor;
  const near = kind === 'end' ? { x: box.x - 2, y: box.y + box.height / 2 } : nearest(box, named);
  return Math.hypot(near.x - named.x, near.y - named.y) > NEAR ? [named, near] : null;
}

const nearest = ({ x, y, width, height }: Box, to: Point): Point => ({
  x: Math.min(Math.max(to.x, x), x + width),
  y: Math.min(Math.max(to.y, y), y + height),
});

const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const inside = (box: Box, bounds: Box): boolean =>
  box.x >= bounds.x &&
  box.y >= bounds.y &&
  box.x + box.width <= bounds.x + bounds.width + 1e-6 &&
  box.y + box.height <= bounds.y + bounds.height + 1e-6;

/** Liang and Barsky: whether a part of the segment lies in the box. */
export function crosses([from, to]: Segment, { x, y, width, height }: Box): boolean {
  // Most are on one side of it.
  if (Math.max(from.x, to.x) < x || Math.min(from.x, to.x) > x + width) return false;
  if (Math.max(from.y, to.y) < y || Math.min(from.y, to.y) > y + height) return false;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  let [enter, leave] = [0, 1];
  for (const [step, room] of [
    [-dx, from.x - x],
    [dx, x + width - from.x],
    [-dy, from.y - y],
    [dy, y + height - from.y],
  ] as const) {
    if (step === 0) {
      if (room < 0) return false;
    } else if (step < 0) enter = Math.max(enter, room / step);
    else leave = Math.min(leave, room / step);
  }
  return enter <= leave;
}

/** A curve's segments; a point that is missing breaks it. */
export function segmentsOf(curve: readonly (Point | null)[]): Segment[] {
  return curve.flatMap((point, i) => {
    const before = i > 0 ? curve[i - 1] : null;
    return point && before ? [[before, point] as const] : [];
  });
}
