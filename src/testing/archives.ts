/** Archives and Parquet files in memory, made of the folders of `folders.ts`. */
import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import type { FileSource } from '../engine/dataset/types';
import type { Files } from './folders';

export type Packable = Readonly<Record<string, string | Uint8Array | Blob>>;

const bytesOf = async (content: string | Uint8Array | Blob): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await new Blob([content as BlobPart]).arrayBuffer());

/** `level` 0 stores, others deflate. */
export async function zipped(files: Packable, options: { level?: number; password?: string } = {}): Promise<Blob> {
  configure({ useWebWorkers: false });
  const writer = new ZipWriter(new BlobWriter(), options);
  for (const [path, content] of Object.entries(files))
    await writer.add(path, new Uint8ArrayReader(await bytesOf(content)));
  return writer.close();
}

/** ustar; paths of more than 100 letters with GNU's header, or pax's. */
export async function tarred(files: Packable, long: 'gnu' | 'pax' = 'gnu'): Promise<Blob> {
  const parts: BlobPart[] = [];
  const add = (name: string, type: string, bytes: Uint8Array<ArrayBuffer>, link = '') => {
    const header = new Uint8Array(512);
    const write = (text: string, at: number) => header.set(new TextEncoder().encode(text).subarray(0, 100), at);
    const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
    write(name, 0);
    write(octal(bytes.length, 11), 124);
    write(' '.repeat(8), 148);
    write(type, 156);
    write(link, 157);
    write('ustar\x0000', 257);
    write(
      `${octal(
        header.reduce((sum, byte) => sum + byte, 0),
        6,
      )}\0 `,
      148,
    );
    parts.push(header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  };
  for (const [path, content] of Object.entries(files)) {
    const [, link] = typeof content === 'string' ? (/^-> (.*)$/.exec(content) ?? []) : [];
    const bytes = link === undefined ? await bytesOf(content) : new Uint8Array(0);
    if (path.length > 100) {
      const text = new TextEncoder().encode(long === 'gnu' ? `${path}\0` : paxLine('path', path));
      add('././@LongLink', long === 'gnu' ? 'L' : 'x', text);
    }
    add(path.slice(0, 100), link === undefined ? '0' : '2', bytes, link);
  }
  return new Blob([...parts, new Uint8Array(1024)]);
}

function paxLine(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 3).length;
  return `${length}${rest}`;
}

export const gzipped = (blob: Blob): Promise<Blob> =>
  new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob();

/** Rows as Hugging Face writes them: a struct of bytes and path, labels as numbers, their names beside them; `texts`: other columns. */
export function parquetOf(
  photos: readonly Uint8Array[],
  labels: readonly number[],
  names: readonly string[],
  rowGroupSize: number,
  texts: Readonly<Record<string, readonly string[]>> = {},
): Blob {
  const writer = new ByteWriter();
  const image = { _type: 'Image' };
  const features = { image, label: { _type: 'ClassLabel', names } };
  void parquetWrite({
    writer,
    columnData: [
      { name: 'image', data: photos.map((bytes, i) => ({ bytes, path: `${i}.jpg` })) },
      { name: 'label', data: labels.map(BigInt) },
      ...Object.entries(texts).map(([name, data]) => ({ name, data: [...data] })),
    ],
    schema: [
      { name: 'root', num_children: 2 + Object.keys(texts).length },
      { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
      ...Object.keys(texts).map((name) => ({
        name,
        type: 'BYTE_ARRAY' as const,
        converted_type: 'UTF8' as const,
        repetition_type: 'OPTIONAL' as const,
      })),
    ],
    rowGroupSize,
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  });
  return new Blob([writer.getBuffer()]);
}

export function sourceOf(files: Files | Readonly<Record<string, Blob>>, name = 'folder'): FileSource {
  return { name, paths: Object.keys(files), read: (path) => Promise.resolve(new Blob([files[path]! as BlobPart])) };
}
