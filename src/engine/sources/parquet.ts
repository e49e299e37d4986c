/**
 * Parquet files as folders, as Hugging Face keeps its image sets in them: every row's photo is a file, and the other columns
 * are one table beside them. A row group is decoded when one of its photos is first read, and its photos are kept.
 * https://huggingface.co/docs/datasets/image_dataset
 */
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import Papa from 'papaparse';
import { StudioError } from '../base/errors';
import { isDecodable, kindOf } from '../photo/photoKinds';
import type { FileSource } from '../dataset/types';

const ENDING = /\.parquet$/i;
/** Photos that are kept, of all files together. */
const MOST_KEPT_BYTES = 2 * 2 ** 30;
/** Those of one row group: older files have 1,000 rows in one. */
const MOST_GROUP_BYTES = 2 ** 30;
/** Rows whose other columns are read. */
const MOST_ROWS = 5_000_000;

export const isParquetName = (path: string): boolean => ENDING.test(path);

type Row = Readonly<Record<string, unknown>>;

interface ParquetFile {
  path: string;
  file: AsyncBuffer;
  metadata: FileMetaData;
  /** The column of photos; undefined: a plain table. */
  image: string | undefined;
  /** The others, of which a table can be made. */
  others: readonly string[];
  names: ReadonlyMap<string, readonly string[]>;
}

/** The source itself where it has none. @throws StudioError `bad-dataset` where a file is broken. */
export async function withParquet(source: FileSource): Promise<FileSource> {
  const found = source.paths.filter(
    (path) => ENDING.test(path) && !path.split('/').some((part) => part.startsWith('.')),
  );
  if (found.length === 0) return source;
  const files = [];
  for (const path of found) files.push(await opened(path, await source.read(path)));
  const photos = new Map<string, { group: RowGroup; row: number }>();
  const tables = new Map<string, Row[]>();
  const groups = new KeptGroups();
  for (const file of files) {
    const rows = await cellsOf(file);
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const table = file.image === undefined ? `${file.path.replace(ENDING, '')}.csv` : `${folder}parquet.csv`;
    if (file.image !== undefined) {
      const stem = file.path.replace(ENDING, '');
      const ending = await endingOf(file, groups);
      // A file's name speaks of all its rows, unless a column speaks of each.
      const split = file.others.includes('split') ? undefined : splitOf(file.path);
      let from = 0;
      for (const { num_rows: count } of file.metadata.row_groups) {
        const group = new RowGroup(file, from, from + Number(count));
        for (let row = from; row < group.to; row++) {
          const name = `${String(row).padStart(6, '0')}.${ending}`;
          photos.set(`${stem}/${name}`, { group, row: row - from });
          const said = split === undefined ? {} : { split };
          rows[row] = { ...rows[row], image: `${stem.slice(folder.length)}/${name}`, ...said };
        }
        from = group.to;
      }
    }
    tables.set(table, [...(tables.get(table) ?? []), ...rows]);
  }
  const texts = new Map([...tables].map(([path, rows]) => [path, textOf(rows)]));
  const read = async (path: string): Promise<Blob> => {
    const text = texts.get(path);
    if (text !== undefined) return new Blob([text]);
    const photo = photos.get(path);
    return photo ? (await groups.photosOf(photo.group))[photo.row]! : source.read(path);
  };
  return {
    ...source,
    paths: [...source.paths.filter((path) => !found.includes(path)), ...photos.keys(), ...texts.keys()],
    read,
    async head(path, bytes) {
      if (source.head && !texts.has(path) && !photos.has(path)) return source.head(path, bytes);
      return new Uint8Array(await (await read(path)).slice(0, bytes).arrayBuffer());
    },
  };
}

async function opened(path: string, blob: Blob): Promise<ParquetFile> {
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  const file = { byteLength: blob.size, slice: (from: number, to?: number) => blob.slice(from, to).arrayBuffer() };
  let metadata;
  try {
    metadata = await parquetMetadataAsync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StudioError('bad-dataset', `${path} cannot be read as Parquet: ${reason}`, 'Download it again.');
  }
  const columns = parquetSchema(metadata).children;
  const isBytes = (node: (typeof columns)[number]) =>
    node.element.type === 'BYTE_ARRAY' &&
    node.element.converted_type === undefined &&
    node.element.logical_type === undefined;
  const image = columns.find(({ children }) =>
    children.some((child) => child.element.name === 'bytes' && isBytes(child)),
  );
  const bare = columns.find(
    (node) => isBytes(node) && /^(image|img|photo|picture|pixel_values|jpg|png|bytes)$/i.test(node.element.name),
  );
  const flat = columns.filter((node) => node.children.length === 0 && !isBytes(node));
  return {
    path,
    file,
    metadata,
    image: (image ?? bare)?.element.name,
    others: flat.map(({ element }) => element.name),
    names: classNames(metadata),
  };
}

/** Hugging Face writes what its numbers mean beside the rows. */
function classNames({ key_value_metadata: pairs = [] }: FileMetaData): Map<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  try {
    const text = pairs.find(({ key }) => key === 'huggingface')?.value ?? '{}';
    const { info } = JSON.parse(text) as { info?: { features?: Record<string, { names?: string[] }> } };
    for (const [column, feature] of Object.entries(info?.features ?? {}))
      if (Array.isArray(feature.names)) names.set(column, feature.names);
  } catch {
    // Numbers stay numbers.
  }
  return names;
}

const textOfCell = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : JSON.stringify(value ?? '');

/** Every row without its photo, numbers of classes by their names. */
async function cellsOf({ path, file, metadata, others, names }: ParquetFile): Promise<Row[]> {
  const count = Number(metadata.num_rows);
  if (count > MOST_ROWS)
    throw new StudioError('bad-dataset', `${path} has ${count} rows: at most ${MOST_ROWS} are read`);
  if (others.length === 0) return Array.from({ length: count }, () => ({}));
  const { parquetReadObjects } = await import('hyparquet');
  const rows = await parquetReadObjects({
    file,
    metadata,
    columns: [...others],
    compressors: await compressors(),
    utf8: false,
  });
  const textIn = (column: string, value: unknown): string => {
    const known = names.get(column);
    // Photos to be predicted are of class -1 there.
    if (known && Number(value) < 0) return '';
    return known?.[Number(value)] ?? textOfCell(value);
  };
  const named = ([column, value]: [string, unknown]) => [column, textIn(column, value)];
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(named)) as Row);
}

const compressors = async () => (await import('hyparquet-compressors')).compressors;

/** "data/validation-00000-of-00002.parquet" is of the validation split. */
function splitOf(path: string): string {
  return /^([a-z]+)([-_.]|$)/i.exec(path.slice(path.lastIndexOf('/') + 1).replace(ENDING, ''))?.[1] ?? '';
}

/** A split that is the same everywhere says nothing. */
function textOf(rows: readonly Row[]): string {
  const isOne = new Set(rows.map(({ split }) => split)).size < 2;
  const columns = [...new Set(rows.slice(0, 1).flatMap((row) => Object.keys(row)))];
  return Papa.unparse([...rows], { columns: columns.filter((column) => column !== 'split' || !isOne) });
}

/** As the first photo's bytes say; what the others are, theirs say. */
async function endingOf(file: ParquetFile, groups: KeptGroups): Promise<string> {
  const [first] = file.metadata.row_groups;
  if (!first) return 'jpg';
  const [photo] = await groups.photosOf(new RowGroup(file, 0, Number(first.num_rows)));
  const kind = kindOf(new Uint8Array(await (photo ?? new Blob()).slice(0, 512).arrayBuffer()));
  return isDecodable(kind) ? kind.toLowerCase().replace('jpeg', 'jpg') : 'jpg';
}

class RowGroup {
  constructor(
    private readonly of: ParquetFile,
    private readonly from: number,
    readonly to: number,
  ) {}

  get key(): string {
    return `${this.of.path} ${this.from}`;
  }

  /** @throws StudioError `bad-photo` */
  async decode(): Promise<Blob[]> {
    const { path, file, metadata, image } = this.of;
    const bytes = metadata.row_groups.find((_, i) => startOf(metadata, i) === this.from)?.total_byte_size ?? 0;
    if (Number(bytes) > MOST_GROUP_BYTES)
      throw new StudioError(
        'bad-photo',
        `${path} has ${Number(bytes)} bytes in one row group: at most ${MOST_GROUP_BYTES} are read at once`,
      );
    const { parquetReadObjects } = await import('hyparquet');
    const range = { rowStart: this.from, rowEnd: this.to };
    const rows = await parquetReadObjects({
      file,
      metadata,
      columns: [image!],
      ...range,
      compressors: await compressors(),
      utf8: false,
    });
    return rows.map((row) => {
      const value = (row as Row)[image!];
      const photo = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
      // A copy: what was decoded is a view of all of it.
      return new Blob(photo instanceof Uint8Array ? [photo.slice()] : []);
    });
  }
}

const startOf = ({ row_groups: groups }: FileMetaData, index: number): number =>
  groups.slice(0, index).reduce((sum, { num_rows: rows }) => sum + Number(rows), 0);

/** What was decoded, as blobs, which browsers keep on the disk where they are many. */
class KeptGroups {
  private readonly kept = new Map<string, { photos: Promise<readonly Blob[]>; bytes: number }>();

  photosOf(group: RowGroup): Promise<readonly Blob[]> {
    const known = this.kept.get(group.key);
    if (known) return known.photos;
    const entry = { photos: group.decode(), bytes: 0 };
    this.kept.set(group.key, entry);
    entry.photos.then(
      (photos) => {
        entry.bytes = photos.reduce((sum, { size }) => sum + size, 0);
        this.trim(group.key);
      },
      () => this.kept.delete(group.key),
    );
    return entry.photos;
  }

  /** The oldest go first. */
  private trim(latest: string): void {
    let total = [...this.kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, { bytes }] of this.kept) {
      if (total <= MOST_KEPT_BYTES) return;
      if (key === latest || bytes === 0) continue;
      this.kept.delete(key);
      total -= bytes;
    }
  }
}
