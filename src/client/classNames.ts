/** Class names as a chart has room for them: without what they all begin with, and shortened in the middle. */

/** What all names begin with, up to the last space or other mark; empty where that leaves a name nothing to say. */
export function commonPrefix(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined || names.length < 2) return '';
  let length = 0;
  while (length < first.length && names.every((name) => name[length] === first[length])) length++;
  const prefix = /^.*[\s_\-/.:]/s.exec(first.slice(0, length))?.[0] ?? '';
  return names.some((name) => name.length === prefix.length) ? '' : prefix;
}

/** "Brown Streak Disease of Cassava", 20 → "Brown Stre…f Cassava": both ends tell names apart. */
export function shortened(name: string, length: number): string {
  if (name.length <= length) return name;
  const end = Math.floor((length - 1) * 0.4);
  return `${name.slice(0, length - 1 - end)}…${name.slice(name.length - end)}`;
}

/** Names without their common beginning, in their order. */
export function withoutPrefix(names: readonly string[]): string[] {
  const { length } = commonPrefix(names);
  return names.map((name) => name.slice(length));
}
