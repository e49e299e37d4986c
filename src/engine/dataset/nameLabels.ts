/** Classes by photos' own names: "cat.0.jpg", "rust_12.jpg", "IMG_0012_rust.jpg". */
import { fileName, stripPhotoExtension } from './listing';
import { splitOfPath } from './photoChoice';
import { splitWord } from './splitWords';

export interface NameLabels {
  /** By path. */
  labels: ReadonlyMap<string, string>;
  /** In order of the alphabet. */
  classes: readonly string[];
  /** Whether they are written as Kaggle's Dogs vs. Cats and Edge Impulse do, "cat.0.jpg", so that nobody has to be asked. */
  isConvention: boolean;
}

/** A class, a point, a number or code. */
const CONVENTION = /^(\p{L}[\p{L}\p{N} _-]*)\.[\p{L}\p{N}]*\d[\p{L}\p{N}]*(\.|$)/u;
/** What names begin with, up to the first number; what they end with behind the last one; and a class's number before the photo's. */
const PATTERNS = [
  /^(\p{L}[\p{L} _-]*?)[ _.-]*\(?\d/u,
  /\d[ _.-]+(\p{L}[\p{L} _-]*?)(?: ?\(\d+\))?$/u,
  /^(\d{1,3})[_-]\d+$/,
];
/** What cameras, phones and programs name photos, and copies. */
const NO_CLASS =
  /^(img|image|photo|pic|picture|foto|bild|dsc|dscn|dscf|sam|imgp|mvi|gopr|pxl|vid|wa|whatsapp image|screenshot|scan|frame|untitled|copy|kopie|copie|edited|hdr|burst|cover|mask|n|s|x|y|z)$/;

/** Undefined if that makes no classes. */
export function labelsOfNames(photos: readonly string[]): NameLabels | undefined {
  const trained = photos.filter((path) => splitOfPath(path) !== 'test');
  const convention = labelsBy(CONVENTION, photos);
  const told = convention && trained.filter((path) => convention.labels.has(path)).length;
  if (convention && told === trained.length) return { ...convention, isConvention: true };
  for (const pattern of PATTERNS) {
    const found = labelsBy(pattern, photos);
    if (found) return { ...found, isConvention: false };
  }
  return undefined;
}

function labelsBy(pattern: RegExp, photos: readonly string[]): Omit<NameLabels, 'isConvention'> | undefined {
  const labels = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const path of photos) {
    const label = pattern.exec(stripPhotoExtension(fileName(path)))?.[1]?.toLowerCase();
    if (label === undefined || splitWord(label) !== undefined || NO_CLASS.test(label)) continue;
    labels.set(path, label);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const isTelling = counts.size >= 2 && [...counts.values()].every((count) => count >= 2);
  return isTelling ? { labels, classes: [...counts.keys()].sort() } : undefined;
}
