/** What folders and photos are by their names: wrappers, parts, folds, masks, and what lies beside a data set. */
import { below, type Folder, hasFolders } from './folderTree';
import { stripExtension } from './listing';

/** What wraps photos or classes: never a class beside others of its kind, or beside what is none. */
export const WRAPPER = new RegExp(
  String.raw`^(images?|imgs?|photos?|pics?|pictures?|jpe?gs?|pngs?|jpegimages|data|datasets?|samples?|files|input|parts?|batch(es)?|shards?|chunks?|folds?|folders?|sets?|splits?|subsets?)([_\- ]*\d+)?$`,
  'i',
);
/** Parts of one set: "HAM10000_images_part_1" beside "HAM10000_images_part_2". */
const NUMBERED_PART = /^(.*(?:images?|imgs?|photos?|part|batch|shard|chunk|folder)[_\- ]*)\d+$/i;
/** What lies beside classes and is none: documents, code, and pictures that are answers. */
const ASIDE =
  /^(docs?|documentation|assets?|figures?|figs?|plots?|results?|outputs?|logs?|runs?|screenshots?|readme|static|thumbnails?|thumbs|previews?|icons?|masks|segmentations?|segmentation_?masks?|ground_?truths?|gt|annotations?|labels?|bboxes|bounding_?boxes|heatmaps?|notebooks?|code|src|scripts?|weights|checkpoints?|meta|metadata|tmp|temp|cache|unlabell?ed|unlabell?ed_data|unsorted|imagesets|segmentationclass|segmentationobject|trash|demo)$/i;

/** Those of them that may be classes as well, of documents, actions or waste. */
const PERHAPS = /^(figures?|figs?|plots?|logs?|runs?|screenshots?|icons?|trash|demo)$/i;

export const FOLD = /^(k[_\- ]?)?(folds?|cv)[_\- ]*\d+$/i;

export const isAside = (name: string): boolean => ASIDE.test(name);

/** Whether it holds about as much as its neighbours and is built as they are, so that its name is a class's. */
export function isPerhapsClass(folder: Folder, neighbours: readonly Folder[]): boolean {
  const alike = neighbours.filter((each) => !isAside(each.name) && hasFolders(each) === hasFolders(folder));
  const least = Math.min(...alike.filter(({ name }) => !WRAPPER.test(name)).map((each) => below(each).length));
  return PERHAPS.test(folder.name) && below(folder).length * 2 >= least;
}

const MASK = /[ _-](mask|masks|seg|segmentation|gt|groundtruth|superpixels)([ _-]?\d+)?$/i;

/** "benign (1)_mask.png" beside "benign (1).png": by the mask's path, the photo's. */
export function masksOf(photos: readonly string[]): Map<string, string> {
  const masks = photos.filter((path) => MASK.test(stripExtension(path)));
  if (masks.length === 0) return new Map();
  const known = new Map(photos.map((path) => [stripExtension(path), path]));
  return new Map(
    masks.flatMap((path) => {
      const photo = known.get(stripExtension(path).replace(MASK, ''));
      return photo === undefined ? [] : [[path, photo] as const];
    }),
  );
}

/** How many names differ in more than numbers: "patient 1" and "patient 2" are no classes, nor are films of the class itself. */
export function wordsAmong(names: readonly string[], outer: string): number {
  const wordOf = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}]/gu, '');
  return new Set(names.map(wordOf).filter((word) => word.length > 1 && !word.includes(wordOf(outer)))).size;
}

/** Folders that are called alike but for their numbers. */
export function partsOfOne(folders: readonly Folder[]): Folder[] {
  const stems = new Set(folders.map(({ name }) => NUMBERED_PART.exec(name)?.[1]?.toLowerCase()));
  return folders.length > 1 && stems.size === 1 && !stems.has(undefined) ? [...folders] : [];
}
