/** Opens a folder: step 1 of the data's path. Names in, samples out; no photo is read. */
import { StudioError } from '../base/errors';
import { classFolders } from './classFolders';
import { csvFolder } from './csvFolder';
import type { Format } from './format';
import { listFolder } from './listing';
import { splitSamples } from './splits';
import type { Dataset, DatasetWarning, FileSource } from './types';

/** The first that does not say "not mine" (undefined) opens the folder. */
const FORMATS: readonly Format[] = [csvFolder, classFolders];

/**
 * `seed` decides the validation photos where the folder does not.
 * @throws StudioError `bad-dataset` if the folder has no photos or nothing that tells their classes.
 */
export async function openDataset(source: FileSource, options: { seed: number }): Promise<Dataset> {
  const listing = listFolder(source);
  if (listing.photos.length === 0) {
    const undecodable = listing.undecodable.length;
    throw new StudioError(
      'bad-dataset',
      `"${source.name}" holds no photos that a browser can read, among ${source.paths.length} files`,
      `${undecodable > 0 ? `${undecodable} are in formats that browsers cannot decode. ` : ''}JPEG, PNG, WebP, AVIF, GIF and BMP are understood.`,
    );
  }
  for (const understand of FORMATS) {
    const understood = await understand(listing);
    if (!understood) continue;
    const { train, validation, test, warnings } = splitSamples(understood.samples, options.seed);
    return {
      name: source.name,
      classes: understood.classes,
      train,
      validation,
      test,
      format: understood.format,
      warnings: [
        ...warnings,
        ...listing.undecodable.map(undecodable),
        ...untrained(understood.classes, train, validation),
        ...understood.warnings,
      ],
    };
  }
  throw new StudioError(
    'bad-dataset',
    `"${source.name}" holds ${listing.photos.length} photos, but nothing that tells their classes`,
    'Put the photos into one folder for each class, or add a CSV with the columns image_id and label.',
  );
}

function undecodable(path: string): DatasetWarning {
  return { kind: 'other', file: path, message: `${path} was left out: browsers cannot decode its format.` };
}

/** Classes that can be tested but never learnt. */
function untrained(
  classes: readonly string[],
  train: Dataset['train'],
  validation: Dataset['validation'],
): DatasetWarning[] {
  const trained = new Set(train.map((sample) => sample.label));
  const missing = [...new Set(validation.map((sample) => sample.label))].filter((label) => !trained.has(label));
  return missing.map((label) => ({
    kind: 'other',
    message: `"${classes[label]}" has validation photos but no training photos.`,
  }));
}
