/** Class names as there is room for: without what most begin with, and shortened in the middle. */

/** Of all names, so many begin alike; fewer are no custom of the folder. */
const MOST = 0.75;

/** What most names begin with, up to a space or another mark; empty where they begin with nothing alike. */
function commonPrefix(names: readonly string[]): string {
  const least = Math.max(2, Math.ceil(MOST * names.length));
  const counts = new Map<string, number>();
  for (const name of names) {
    for (const { index } of name.matchAll(/[\s_\-/.:]/g)) {
      const prefix = name.slice(0, index + 1);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const shared = [...counts].flatMap(([prefix, count]) => (count >= least ? [prefix] : []));
  return shared.reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), '');
}

/** "Brown Streak Disease of Cassava", 20 → "Brown Stre…f Cassava": both ends tell names apart. */
export function shortened(name: string, length: number): string {
  if (name.length <= length) return name;
  const end = Math.floor((length - 1) * 0.4);
  return `${name.slice(0, length - 1 - end)}…${name.slice(name.length - end)}`;
}

/** Of a name that has little room, so much of its end is kept. */
const LONGEST_END = 10;

/** "Brown Streak Disease (CBSD)" → "Brown Streak Disease" and " (CBSD)": where there is no room for all, the first is cut. */
export function nameParts(name: string): [start: string, end: string] {
  const tail = name.slice(-LONGEST_END);
  const at = tail.length < name.length ? tail.search(/[\s_\-/.:]/) : -1;
  return at < 0 ? [name, ''] : [name.slice(0, at - tail.length), tail.slice(at)];
}

/** Names without their common beginning, in their order; as they are where that leaves one nothing to say, or two the same. */
export function withoutPrefix(names: readonly string[]): string[] {
  const prefix = commonPrefix(names);
  const short = names.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
  return short.includes('') || new Set(short).size < names.length ? [...names] : short;
}

/** Every name's short form by the name. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  const short = withoutPrefix(names);
  return new Map(names.map((name, i) => [name, short[i]!]));
}
