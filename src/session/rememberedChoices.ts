/** What a person has decided about a folder, remembered for the next time that it is opened. */
import { CHOICE_KEYS, type DatasetSettings, isChoiceKey } from '../engine/dataset/settings';
import type { FileSource } from '../engine/dataset/types';
import { isPhoto } from '../engine/dataset/listing';
import type { Host } from './host';

type Values = Host['values'];

/** So many names tell a folder from others. */
const MOST_NAMES = 100;

/** By its name, its tables and its uppermost folders: it stays the same folder when photos are added. */
function keyOf({ name, paths }: FileSource): string {
  const tables = paths.filter((path) => !isPhoto(path));
  const tops = new Set(paths.map((path) => path.split('/')[0]!).filter((top) => !isPhoto(top)));
  const names = [...tables, ...tops].sort().slice(0, MOST_NAMES);
  return ['understood', name, ...names].join('\n');
}

export async function recallChoices(values: Values, source: FileSource): Promise<DatasetSettings> {
  try {
    const said: unknown = JSON.parse((await values.load(keyOf(source))) ?? '{}');
    if (typeof said !== 'object' || said === null) return {};
    const known = Object.entries(said).filter(([key, value]) => isChoiceKey(key) && typeof value === 'string');
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

export async function rememberChoices(values: Values, source: FileSource, settings: DatasetSettings): Promise<void> {
  const said = Object.fromEntries(
    CHOICE_KEYS.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])),
  );
  await values.save(keyOf(source), JSON.stringify(said));
}
