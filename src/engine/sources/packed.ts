/** Whatever photos come packed in, as a folder: archives, and Parquet files in them or beside them. */
import type { FileSource } from '../dataset/types';
import { isArchiveName, withArchives } from './archives';
import { isParquetName, withParquet } from './parquet';

/** By its name. */
export const isPacked = (path: string): boolean => isArchiveName(path) || isParquetName(path);

/** @throws StudioError `bad-dataset` where what there is cannot be opened. */
export async function unpacked<T extends FileSource>(source: T): Promise<T | FileSource> {
  return withParquet(await withArchives(source));
}
