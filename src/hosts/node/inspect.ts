/** `npm run headless -- --inspect PATH`: what the studio makes of a folder or of weights, as one JSON object. */
import { openAsBlob } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { StudioError, toErrorData } from '../../engine/base/errors';
import { isPhoto } from '../../engine/dataset/listing';
import { openDataset } from '../../engine/dataset/open';
import { summarise } from '../../engine/dataset/summarise';
import type { DatasetSettings } from '../../engine/dataset/settings';
import type { Dataset, DatasetWarning, FileSource } from '../../engine/dataset/types';
import { hasFastaiHead, trunkOf } from '../../engine/models/meta';
import { isPacked, unpacked } from '../../engine/sources/packed';
import { readWeights } from '../../engine/train/checkpoint';
import { refusalWords } from '../../words/dataset';
import { warningText } from '../../words/datasetWarnings';
import { findSplitCopies } from '../../session/splitCopies';
import { fileSource, folderSource } from './folderSource';

/** In an archive: a file of weights, or the heart of one. */
const isWeightsName = (path: string): boolean =>
  /(\.(pth|pt|ckpt|bin|safetensors|pth\.tar)|(^|\/)data\.pkl)$/i.test(path);

const PHOTOS_SHOWN = 20;
const EXAMPLES_SHOWN = 30;
/** The page's, so that both draw the same photos where a folder has no split. */
const SPLIT_SEED = 42;

/** Plain data; `refusal` is null where it could be used. */
export type Inspection = { kind: 'dataset' | 'weights'; refusal: object | null } & Record<string, unknown>;

export async function inspect(target: string, settings: DatasetSettings): Promise<Inspection> {
  try {
    const isFolder = await isReadableFolder(target);
    if (isFolder) return await inspectFolder(await unpacked(await folderSource(target)), settings);
    if (!isPacked(target)) return await inspectWeights(await openAsBlob(target));
    const source = await unpacked(fileSource(target));
    const weights = source.paths.filter(isWeightsName);
    const [inner] = weights;
    if (inner === undefined || source.paths.some(isPhoto)) return await inspectFolder(source, settings);
    // What torch.save wrote is a zip archive, too.
    const isItself = weights.some((path) => path.endsWith('data.pkl'));
    return await inspectWeights(isItself || weights.length > 1 ? await openAsBlob(target) : await source.read(inner));
  } catch (error) {
    return { kind: 'dataset', refusal: refusalOf(error) };
  }
}

/** False of a file. @throws StudioError `bad-dataset` where nothing can be read. */
async function isReadableFolder(target: string): Promise<boolean> {
  try {
    await access(target, constants.R_OK);
    return (await stat(target)).isDirectory();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new StudioError('bad-dataset', `There is no file or folder ${target}`);
    throw new StudioError('bad-dataset', `${target} cannot be read: ${message}`);
  }
}

function refusalOf(error: unknown): object {
  const { code, message, hint = '' } = toErrorData(error);
  return { code, text: message, hint };
}

async function inspectWeights(file: Blob): Promise<Inspection> {
  try {
    const { arch, classes, named, metadata, prefix, place, others, ignored } = await readWeights(file);
    return {
      kind: 'weights',
      arch: trunkOf(arch),
      head: classes.length === 0 ? null : hasFastaiHead(arch) ? 'fastai' : 'linear',
      classes: named ? classes : null,
      count: classes.length,
      origin: metadata['origin'] ?? null,
      licence: metadata['licence'] ?? metadata['license'] ?? null,
      found: [place, prefix].filter((each) => each !== ''),
      ignored: [...others, ...ignored],
      refusal: null,
    };
  } catch (error) {
    return { kind: 'weights', refusal: refusalOf(error) };
  }
}

export async function inspectFolder(source: FileSource, settings: DatasetSettings): Promise<Inspection> {
  const dataset = await openDataset(source, { seed: SPLIT_SEED, settings, looks: Infinity });
  const { format, classes, trainCount, validationCount, testCount, unusedCount } = summarise(dataset);
  return {
    kind: 'dataset',
    format,
    classes,
    train: trainCount,
    validation: validationCount,
    test: testCount,
    unused: unusedCount,
    choices: dataset.choices,
    warnings: groupedWarnings([...dataset.warnings, ...(await copyWarnings(source, dataset))]),
    refusal: dataset.refusal && { code: dataset.refusal.code, ...refusalWords(dataset.refusal) },
    photos: firstPhotos(dataset),
  };
}

/** A warning a photo that is a file of another split once more. */
async function copyWarnings(source: FileSource, dataset: Dataset): Promise<DatasetWarning[]> {
  const { groups } = await findSplitCopies(source, dataset, new AbortController().signal);
  return groups.flatMap(([same, ...others]) =>
    others
      .filter(({ split }) => split !== same!.split)
      .map(({ path, split }) => ({
        code: 'split-copy' as const,
        file: path,
        values: { split, same: same!.path, other: same!.split },
      })),
  );
}

/** One entry a code: how many, the first one's text, and files or rows as examples. */
function groupedWarnings(warnings: readonly DatasetWarning[]) {
  const groups = new Map<string, DatasetWarning[]>();
  for (const warning of warnings) {
    const group = groups.get(warning.code);
    if (group) group.push(warning);
    else groups.set(warning.code, [warning]);
  }
  return [...groups].map(([code, group]) => ({
    code,
    count: group.length,
    text: warningText(group[0]!),
    examples: group.slice(0, EXAMPLES_SHOWN).map(warningText),
  }));
}

function firstPhotos({ train, validation, test }: Dataset): string[] {
  return [...train, ...validation, ...test].slice(0, PHOTOS_SHOWN).map(({ path: file }) => file);
}
