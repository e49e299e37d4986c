/**
 * Whatever is opened, drawn by fast-check: read, or refused as an error that says why. Nothing hangs, nothing else is thrown, and
 * no more is taken than what is there. `FIXRES_INPUTS=10000 npm run check hostileInputs` draws so many of each format.
 */
import process from 'node:process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StudioError } from '../engine/base/errors';
import { parseCsv } from '../engine/dataset/csv';
import { openDataset } from '../engine/dataset/open';
import { parseStudioConfig, STUDIO_FIELDS } from '../engine/experiments/meta';
import { readOnnxFile } from '../engine/io/onnxFile';
import { readSafetensors, writeSafetensors } from '../engine/io/safetensors';
import { readTorchFile } from '../engine/io/torchFile';
import { writeTorchFile } from '../engine/io/torchSave';
import { readZip } from '../engine/io/zip';
import { readHeader, readPayload, writeSlot } from '../session/store/slots';
import { folderOf } from './folders';
import { MemoryFolder } from './memoryFolder';

const numRuns = Number(process.env['FIXRES_INPUTS'] ?? 200);
const SOON_MS = 120_000;

/** Bytes of any kind, and a whole file with bytes changed, its end lost or a piece of it doubled. */
function bytesLike(whole: Uint8Array<ArrayBuffer>): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const place = fc.nat(whole.length - 1);
  const changed = fc
    .array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 8 })
    .map((changes) => changes.reduce((bytes, [at, byte]) => bytes.with(at, byte), whole));
  const cut = place.map((at) => whole.slice(0, at));
  const doubled = fc
    .tuple(place, place)
    .map(([from, to]) => Uint8Array.from([...whole.subarray(0, to), ...whole.subarray(from)]));
  const any = fc.uint8Array({ maxLength: 400 }).map((bytes) => Uint8Array.from(bytes));
  return fc.oneof(changed, cut, doubled, any);
}

/** Opens a file, and reads what it says that it holds; a refusal has a code and says something. */
async function opened(read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    expect(error.message.length).toBeGreaterThan(5);
    expect(error.message.length).toBeLessThan(2000);
  }
}

const tensors = new Map([
  ['conv1.weight', { dtype: 'F32' as const, shape: [2, 3], bytes: new Uint8Array(24).fill(7) }],
  ['fc.bias', { dtype: 'F32' as const, shape: [4], bytes: new Uint8Array(16).fill(1) }],
]);
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

interface Held {
  shape: readonly number[];
  read(): Promise<{ byteLength: number }>;
}

/** Every tensor; none may be more than what its file could hold. */
async function readAll(file: Blob, held: ReadonlyMap<string, Held>): Promise<void> {
  for (const tensor of held.values()) {
    const { byteLength } = await tensor.read();
    // Elements of strides of zero take no room in the file.
    expect(byteLength).toBeLessThanOrEqual(Math.max(8 * file.size, 8 * tensor.shape.reduce((a, b) => a * b, 1)));
  }
}

test('safetensors', { timeout: SOON_MS }, async () => {
  const whole = await bytesOf(writeSafetensors({ tensors, metadata: { a: 'b' } }));
  const header = (json: string) => {
    const text = new TextEncoder().encode(json);
    const bytes = new Uint8Array(8 + text.length + 16);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };
  const entry = fc.record({
    dtype: fc.constantFrom('F32', 'F16', 'I64', 'BOOL', 'X', 4),
    shape: fc.array(fc.oneof(fc.nat(4), fc.integer(), fc.double()), { maxLength: 9 }),
    data_offsets: fc.tuple(fc.integer({ min: -8, max: 64 }), fc.oneof(fc.nat(64), fc.maxSafeInteger())),
  });
  const said = fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())).map((json) => header(JSON.stringify(json)));
  const read = async (bytes: Uint8Array<ArrayBuffer>) => {
    const file = new Blob([bytes]);
    await opened(async () => readAll(file, (await readSafetensors(file)).tensors));
  };
  await fc.assert(fc.asyncProperty(fc.oneof(bytesLike(whole), said), read), { numRuns });
});

test('torch.save’s files', { timeout: SOON_MS }, async () => {
  const whole = await bytesOf(writeTorchFile(tensors, {}));
  const read = async (bytes: Uint8Array<ArrayBuffer>) => {
    const file = new Blob([bytes]);
    await opened(async () => readAll(file, await readTorchFile(file)));
  };
  await fc.assert(fc.asyncProperty(bytesLike(whole), read), { numRuns });
});

test('archives and ONNX files', { timeout: SOON_MS }, async () => {
  const zip = await bytesOf(writeTorchFile(tensors, {}));
  const both = async (bytes: Uint8Array<ArrayBuffer>) => {
    await opened(() => readZip(new Blob([bytes]), { deflated: true }));
    await opened(() => readOnnxFile(new Blob([bytes])));
  };
  await fc.assert(fc.asyncProperty(bytesLike(zip), both), { numRuns });
});

test('tables', { timeout: SOON_MS }, async () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      'image_id',
      'label',
      '"',
      '""',
      '\n',
      '\r',
      ',',
      ';',
      '\t',
      '=1+1',
      '../../x.jpg',
      'a.jpg',
      '\u202E',
      '',
    ),
  );
  const text = fc.array(
    fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(',')),
    { maxLength: 12 },
  );
  const read = async (lines: readonly string[]) => {
    const csv = lines.join('\n');
    const { rows } = parseCsv(csv);
    expect(rows.length).toBeLessThanOrEqual(csv.length + 1);
    const files = { 'train.csv': csv, 'train/a.jpg': 'x', 'train/b.jpg': 'x' };
    await opened(() => openDataset(folderOf(files), { seed: 1, settings: {} }));
  };
  await fc.assert(fc.asyncProperty(text, read), { numRuns });
});

test('settings', () => {
  const key = fc.oneof(fc.constantFrom(...Object.keys(STUDIO_FIELDS)), fc.string());
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constantFrom('', ' ', '1e999', '-0', '64,128', 'NaN', undefined),
  );
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (given) => {
      try {
        const config = parseStudioConfig(given);
        expect(Object.keys(config).sort()).toEqual(Object.keys(STUDIO_FIELDS).sort());
        // What was taken once is taken again, as it is.
        expect(parseStudioConfig(config)).toEqual(config);
      } catch (error) {
        expect(error).toBeInstanceOf(StudioError);
      }
    }),
    { numRuns },
  );
});

test('slots of a project', { timeout: SOON_MS }, async () => {
  const folder = new MemoryFolder();
  const file = await folder.open('run.0');
  writeSlot(file, 3, { what: 'run' }, [new Uint8Array(100).fill(9)]);
  const whole = folder.contents.get('run.0')!.slice();
  fc.assert(
    fc.property(bytesLike(whole), (bytes) => {
      folder.contents.set('run.0', bytes);
      const header = readHeader(file);
      if ('damage' in header) return;
      const payload = readPayload(file, header);
      expect(payload?.byteLength ?? 0).toBeLessThanOrEqual(bytes.byteLength);
    }),
    { numRuns },
  );
});
