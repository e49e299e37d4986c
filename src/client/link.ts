/** Settings as a link, and back: what differs from the defaults, behind the mark that no server is sent. */
import { parseField } from '../engine/base/config';
import { PRESET_CONFIGS, STUDIO_FIELDS, type StudioConfig, withPresentNames } from '../engine/experiments/meta';

const MARK = '#set?';
/** Far above what all settings take: a longer one is nobody's link. */
const MOST_CHARACTERS = 8192;

export function linkOf(config: StudioConfig, page: string): string {
  const keys = Object.keys(STUDIO_FIELDS) as (keyof StudioConfig)[];
  const changed = keys.filter((key) => key in config && String(config[key]) !== String(PRESET_CONFIGS.blog[key]));
  const pairs = new URLSearchParams(changed.map((key) => [key, String(config[key])]));
  return `${page.split('#')[0]}${MARK}${pairs.toString()}`;
}

/** The whole configuration that a link carries, and what of it was not understood; null where the page was opened without one. */
export function configOfLink(hash: string): { config: StudioConfig; unknown: readonly string[] } | null {
  if (!hash.startsWith(MARK) || hash.length > MOST_CHARACTERS) return null;
  const given = withPresentNames(Object.fromEntries(new URLSearchParams(hash.slice(MARK.length))));
  const unknown: string[] = [];
  const known = Object.entries(given).flatMap(([key, value]) => {
    try {
      if (!Object.hasOwn(STUDIO_FIELDS, key)) throw new Error('unknown');
      return [[key, parseField(key, STUDIO_FIELDS[key as keyof typeof STUDIO_FIELDS], value)] as const];
    } catch {
      unknown.push(key);
      return [];
    }
  });
  return { config: { ...PRESET_CONFIGS.blog, ...Object.fromEntries(known) }, unknown };
}
