/** Which of a folder's files count: the first look of step 1 of the data's path, by names, and by bytes where those do not tell. */
import { isDecodable, KIND_BYTES, kindOf } from '../photo/photoKinds';
import type { FileSource } from './types';

/** What is decoded. */
const PHOTO = /\.(jpe?g|jpe|jfif|jfi|pjpe?g|pjp|png|apng|webp|avif|gif|bmp|dib|tiff?)$/i;
/** Cameras' own, which begin as TIFF does. */
const RAW = /\.(dng|cr2|nef|arw|orf|rw2|pef|srw|3fr)$/i;
/** Photos to people, but not to browsers; their bytes may say otherwise. */
const UNDECODABLE =
  /\.(heic|heif|hif|jp2|j2k|jxl|dng|cr2|cr3|nef|arw|raf|orf|rw2|pgm|ppm|pnm|pbm|tga|psd|dcm|svg|ico|exr|hdr)$/i;
/** Files that are surely something else, so that nobody needs to look into them. */
const OTHER =
  /\.(csv|tsv|txt|jsonl?|ndjson|xml|ya?ml|md|py|ipynb|m|mat|html?|css|js|pdf|docx?|xlsx?|zip|tar|gz|tgz|7z|rar|npy|npz|pkl|pth?|ckpt|safetensors|h5|onnx|parquet|arrow|db|log|cfg|ini|cls|mp[34]|avi|mov|wav|sh|lst|list|names|labels|info|license|gitattributes|gitignore)$/i;
const SYSTEM_FILES = new Set([
  'thumbs.db',
  'desktop.ini',
  '__macosx',
  '$recycle.bin',
  '#recycle',
  'system volume information',
  '@eadir',
  'lost+found',
]);
/** What may hold the photos or their classes, but is not read; by its ending. */
const STRANGER =
  /\.(xlsx?|ods|mat|xml|npy|npz|tfrecords?|parquet|arrow|h5|hdf5|pkl|pickle|7z|rar|bz2|xz|zst|mp4|mov|avi|dcm)$|ubyte$|(^|\/)data_batch_\d$/i;

/** What iCloud leaves of a photo that it keeps elsewhere: ".1.jpg.icloud". */
const PLACEHOLDER = /^((?:[^/]*\/)*)\.([^/]+)\.icloud$/;
const PLACEHOLDER_KIND = 'iCloud placeholder (the photo itself was not downloaded)';

/** COCO's and Roboflow's names for where things are in all photos. */
const BOXES = /(_annotations\.coco|(^|\/)instances_\w+|(^|\/)coco\w*)\.json$/i;

/** Files that are opened at a time to see what they are. */
const OPEN_AT_A_TIME = 32;
/** Of a large folder so many photos, spread over it, are looked into; all if one of them is none. */
export const FIRST_LOOKS = 400;

export interface Listing {
  source: FileSource;
  /** Paths of photos, sorted, those included that turned out not to be readable. */
  photos: readonly string[];
  /** What some of `photos` are instead of photos that can be decoded. */
  unreadable: ReadonlyMap<string, string>;
  /** Paths of all other files, sorted; hidden and system files left out. */
  others: readonly string[];
}

/** `looks`: how many photos with a photo's name are opened to see whether they are. */
export async function listFolder(source: FileSource, looks = FIRST_LOOKS): Promise<Listing> {
  const visible = source.paths.filter((path) => !path.split('/').some(isHidden)).sort();
  const named = visible.filter(isPhoto);
  const doubtful = source.plain ? [] : visible.filter((path) => !isPhoto(path) && !OTHER.test(path));
  const kinds = await kindsOf(source, doubtful);
  const photos = [...named, ...doubtful.filter((path) => isDecodable(kinds.get(path)!) || UNDECODABLE.test(path))];
  const unreadable = source.plain ? new Map<string, string>() : await unreadableOf(source, named, looks);
  for (const path of doubtful) {
    const kind = kinds.get(path)!;
    if (UNDECODABLE.test(path) && !isDecodable(kind)) unreadable.set(path, kindByName(path, kind));
  }
  for (const path of source.paths.filter(isPlaceholder)) {
    photos.push(path);
    unreadable.set(path, PLACEHOLDER_KIND);
  }
  const isListed = new Set(photos);
  return { source, photos: photos.sort(), unreadable, others: visible.filter((path) => !isListed.has(path)) };
}

/** By its name: of a format that is decoded. */
export function isPhoto(path: string): boolean {
  return PHOTO.test(path);
}

function isPlaceholder(path: string): boolean {
  const [, folder, name] = PLACEHOLDER.exec(path) ?? [];
  return name !== undefined && isPhoto(name) && !folder!.split('/').some(isHidden);
}

/** The first file of a kind that may hold what is missed, and its ending; undefined: there is none. */
export function strangerOf(listing: Listing): { file: string; kind: string } | undefined {
  const { others } = listing;
  const boxes = others.find((path) => BOXES.test(path));
  if (boxes !== undefined) return { file: boxes, kind: 'boxes' };
  const file = others.find((path) => STRANGER.test(path));
  if (file === undefined) return weakStrangerOf(listing);
  const ending = STRANGER.exec(file)![0].replace('.', '').toLowerCase();
  return { file, kind: ending.includes('data_batch') ? 'batch' : ending };
}

/** Notes on single photos, where there are photos; where there are none, weights, or a table, which may be of their pixels. */
function weakStrangerOf({ photos, others }: Listing): { file: string; kind: string } | undefined {
  const endings = photos.length === 0 ? WEIGHTS_OR_TABLE : NOTES;
  const file = others.find((path) => endings.test(path) && !isMetadata(path));
  return file === undefined ? undefined : { file, kind: endings.exec(file)![1]!.toLowerCase() };
}

const NOTES = /\.(json)$/i;
const WEIGHTS_OR_TABLE = /\.(safetensors|pth|pt|ckpt|onnx|csv)$/i;

/** Of Google's albums and of packages: about something else. */
const isMetadata = (path: string): boolean => /metadata\.json$|(^|\/)(package|manifest|signature)\b/i.test(path);

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function stripExtension(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

/** Folders above the file, outermost first. */
export function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}

/** `name` without a photo's extension; other dots stay. */
export function stripPhotoExtension(name: string): string {
  return name.replace(PHOTO, '');
}

function isHidden(segment: string): boolean {
  return segment.startsWith('.') || segment.startsWith('~$') || SYSTEM_FILES.has(segment.toLowerCase());
}

/** Bytes that say nothing leave it to the ending. */
function kindByName(path: string, kind: string): string {
  return kind === 'unknown' || kind === 'text' ? path.slice(path.lastIndexOf('.') + 1).toUpperCase() : kind;
}

async function unreadableOf(
  source: FileSource,
  photos: readonly string[],
  looks: number,
): Promise<Map<string, string>> {
  const step = Math.max(1, Math.ceil(photos.length / looks));
  const bad = (kinds: ReadonlyMap<string, string>) => [...kinds].filter(([, kind]) => !isDecodable(kind));
  const first = bad(await kindsOf(source, step === 1 ? photos : photos.filter((_, i) => i % step === 0)));
  if (step === 1 || first.length === 0) return new Map(first);
  return new Map(bad(await kindsOf(source, photos)));
}

async function kindsOf(source: FileSource, paths: readonly string[]): Promise<Map<string, string>> {
  const kinds = new Map<string, string>();
  for (let from = 0; from < paths.length; from += OPEN_AT_A_TIME) {
    const portion = paths.slice(from, from + OPEN_AT_A_TIME);
    const found = await Promise.all(portion.map((path) => kindOfFile(source, path)));
    portion.forEach((path, i) => kinds.set(path, found[i]!));
  }
  return kinds;
}

async function kindOfFile(source: FileSource, path: string): Promise<string> {
  try {
    const head = source.head
      ? await source.head(path, KIND_BYTES)
      : new Uint8Array(await (await source.read(path)).slice(0, KIND_BYTES).arrayBuffer());
    const kind = kindOf(head);
    return kind === 'TIFF' && RAW.test(path) ? 'raw photo' : kind;
  } catch {
    return 'file that cannot be opened';
  }
}
