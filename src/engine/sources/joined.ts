/** A folder with more photos added to it: of one class, or in class folders of their own, which join those of the same name. */
import type { FileSource, SaidOf, Split } from '../dataset/types';

export interface Added {
  source: FileSource;
  /** What the photos show; null: they lie in class folders, or a table says it. */
  label: string | null;
  /** What photos of a label are for, where the first folder gives splits. */
  split?: Split;
}

/**
 * Photos that lie in no folder are put into one, called by their label or by what was opened. A path that is taken is
 * numbered: "cat/1 (2).jpg".
 */
export function joined(first: FileSource, { source: added, label, split = 'train' }: Added): FileSource {
  const places = new Map<string, { of: FileSource; path: string }>();
  const put = (of: FileSource, path: string, at: string) => {
    let free = at;
    for (let number = 2; places.has(free); number++) free = at.replace(/(\.[^./]*)?$/, ` (${number})$1`);
    places.set(free, { of, path });
  };
  const folderOf = ({ name }: FileSource) => name.replaceAll('/', ' ');
  const isLoose = ({ paths }: FileSource) => paths.every((path) => !path.includes('/'));
  const prefix = isLoose(first) ? `${folderOf(first)}/` : '';
  for (const path of first.paths) put(first, path, prefix + path);
  const own = label === null ? (isLoose(added) ? `${folderOf(added)}/` : '') : `${label.replaceAll('/', ' ')}/`;
  for (const path of added.paths) put(added, path, own + path);
  const placeOf = (path: string) => {
    const place = places.get(path);
    if (!place) throw new Error(`${path} is not among the photos`);
    return place;
  };
  const said = new Map<string, SaidOf>();
  for (const [at, { of, path }] of places) {
    const told = of === added && label !== null ? { label, split } : of.said?.get(path);
    if (told) said.set(at, told);
  }
  return {
    name: first.name,
    said,
    paths: [...places.keys()],
    async read(path) {
      const { of, path: inner } = placeOf(path);
      return of.read(inner);
    },
    async sizes(paths, signal) {
      const sizes = new Map<string, number | null>();
      for (const of of new Set([first, added])) {
        const own = paths.filter((path) => placeOf(path).of === of);
        const told =
          (await of.sizes?.(
            own.map((path) => placeOf(path).path),
            signal,
          )) ?? [];
        own.forEach((path, i) => sizes.set(path, told[i] ?? null));
      }
      return paths.map((path) => sizes.get(path) ?? null);
    },
    async head(path, bytes) {
      const { of, path: inner } = placeOf(path);
      if (of.head) return of.head(inner, bytes);
      return new Uint8Array(await (await of.read(inner)).slice(0, bytes).arrayBuffer());
    },
    warnings: [...(first.warnings ?? []), ...(added.warnings ?? [])],
  };
}
