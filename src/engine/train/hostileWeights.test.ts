/** Files that mean ill or are damaged: whatever they say, they are read whole or refused with a reason, soon. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { storedTensors } from '../../testing/storedTensors';
import { zipOf } from '../../testing/zipOf';
import { StudioError } from '../base/errors';
import { fork } from '../base/rng';
import { readSafetensors, writeSafetensors } from '../io/safetensors';
import { stateSpecs } from '../models/registry';
import { initialHostState } from '../nn/state';
import { readWeights, weightsToSafetensors } from './checkpoint';

const WITHIN_MS = 10_000;
const torchFile = new Uint8Array(readFileSync(new URL('../../testing/torchFiles/resnet50_views.pth', import.meta.url)));
const classes = ['a', 'b', 'c'];
const state = initialHostState(stateSpecs('resnet18', classes.length), 1);
const safetensors = weightsToSafetensors({ arch: 'resnet18', classes, state }, {});

/** 'read' if all of the network came out, or what it was refused with. Anything else fails. */
async function outcome(file: Blob): Promise<string> {
  const startedAt = performance.now();
  try {
    const weights = await readWeights(file);
    const keys = stateSpecs(weights.arch, weights.classes.length).map(({ key }) => key);
    expect([...weights.state.tensors.keys(), ...weights.state.batchesTracked.keys()].sort()).toEqual(keys.sort());
    return 'read';
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'bad-weights') throw error;
    expect(error.message.length).toBeLessThan(1500);
    return error.message;
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
  }
}

/** A few bytes set, a piece cut out, a piece doubled, or the end lost. */
function damaged(bytes: Uint8Array<ArrayBuffer>, seed: number): Uint8Array<ArrayBuffer> {
  const rng = fork(seed, 0xbad);
  const any = (below: number) => Math.floor(rng.uniform() * below);
  const at = any(bytes.length);
  const end = Math.min(bytes.length, at + 1 + any(64));
  const copy = bytes.slice();
  switch (any(4)) {
    case 0:
      for (let i = 0; i < 4; i++) copy[any(copy.length)] = [0, 255, any(256)][any(3)]!;
      return copy;
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
    case 2:
      return Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(at)]);
    default:
      return bytes.slice(0, at);
  }
}

const seeds = Array.from({ length: 60 }, (_, seed) => seed);

test('a .pth with damage anywhere', async () => {
  // Its storages are data alone: damage there changes values. What says where they lie is the rest.
  const said = torchFile.indexOf(0x80);
  for (const seed of seeds) await outcome(new Blob([damaged(torchFile, seed)]));
  const pickle = torchFile.slice(said, said + 32_000);
  for (const seed of seeds) {
    await outcome(new Blob([torchFile.slice(0, said), damaged(pickle, seed), torchFile.slice(said + 32_000)]));
  }
});

test('a .safetensors with damage in its header', async () => {
  const length = 8 + Number(new DataView(await safetensors.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
  const header = new Uint8Array(await safetensors.slice(0, length).arrayBuffer());
  for (const seed of seeds) await outcome(new Blob([damaged(header, seed), safetensors.slice(length)]));
});

test.each(Array.from({ length: 16 }, (_, i) => i))('cut off at %i sixteenths, either is refused', async (part) => {
  for (const file of [safetensors, new Blob([torchFile])]) {
    expect(await outcome(file.slice(0, Math.floor((file.size * part) / 16)))).not.toBe('read');
  }
});

test('a variance below none is refused', async () => {
  const { tensors, metadata } = await readSafetensors(safetensors);
  const stored = await storedTensors(tensors);
  new Float32Array(stored.get('bn1.running_var')!.bytes.buffer)[3] = -1;
  expect(await outcome(writeSafetensors({ tensors: stored, metadata }))).toBe('bn1.running_var holds -1 at element 3');
});

const headed = (header: string, data: BlobPart = new Uint8Array(4)) => {
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(header.length), true);
  return new Blob([length.buffer, header, data]);
};
const F32 = '{"dtype":"F32","shape":[],"data_offsets":[0,4]}';

test.each([
  ['two entries of one name', headed(`{"a":${F32},"a":${F32}}`), /two entries named "a"/],
  ['an escaped second one', headed(`{"a":${F32},"\\u0061":${F32}}`), /two entries named "a"/],
  [
    'a hundred thousand axes',
    headed(`{"a":{"dtype":"F32","shape":[${'1,'.repeat(100_000)}1],"data_offsets":[0,4]}}`),
    /a has shape \[1,1,/,
  ],
  ['brackets without end', headed('['.repeat(1_000_000)), /no JSON/],
  ['a header of 9 MiB', headed(' '.repeat(9 * 2 ** 20)), /no safetensors file/],
])('.safetensors: %s', async (_, file, reason) => {
  expect(await outcome(file)).toMatch(reason);
});

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const pickled = (text: string) => zipOf([{ name: 'x/data.pkl', bytes: bytesOf(`\x80\x02${text}.`) }]);
const REBUILD = 'ctorch._utils\n_rebuild_tensor_v2\n';
const STORAGE = '(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x01tQ';

test.each([
  ['a dictionary that holds itself', pickled('}q\x00U\x05modelh\x00s'), /no state dict/],
  ['a dictionary filled twice', pickled('}(U\x01aK\x01U\x01aK\x02u'), /place twice/],
  ['a call of the system', pickled('cos\nsystem\nU\x02ls\x85R'), /names os\.system, which/],
  ['a name of a million letters', pickled(`c${'o'.repeat(1_000_000)}\nx\n`), /names o{80}, which/],
  ['a list of itself as a function', pickled(']q\x00h\x00R'), /calls what is no function/],
  ['marks without end', pickled('('.repeat(1_000_000)), /takes what is not there/],
  ['brackets without end', pickled(`${']'.repeat(1_000_000)}${'a'.repeat(999_999)}`), /no state dict/],
  [
    'ten thousand axes',
    pickled(`${REBUILD}(${STORAGE}K\x00(${'K\x01'.repeat(10_000)}t(${'K\x01'.repeat(10_000)}ttR`),
    /10000 axes/,
  ],
  ['a storage that is not there', pickled(`}U\x01a${REBUILD}(${STORAGE}K\x00))tRs`), /storage of a is missing/],
  ['a pickle of 9 MiB', zipOf([{ name: 'x/data.pkl', bytes: new Uint8Array(9 * 2 ** 20) }]), /more than tensors need/],
  ['a deflated entry', zipOf([{ name: 'x/data.pkl', bytes: bytesOf('}.'), method: 8 }]), /is compressed/],
  [
    'two entries of one name',
    zipOf([1, 2].map(() => ({ name: 'x/data.pkl', bytes: bytesOf('}.') }))),
    /two entries named x\/data\.pkl/,
  ],
])('.pth: %s', async (_, file, reason) => {
  expect(await outcome(file)).toMatch(reason);
});

test('.pth: entries that share their bytes', async () => {
  const bytes = new Uint8Array(
    await zipOf(['a', 'b'].map((name) => ({ name, bytes: new Uint8Array(100) }))).arrayBuffer(),
  );
  // The second entry's offset becomes the first one's.
  const second = bytes.lastIndexOf(0x50, bytes.length - 23);
  new DataView(bytes.buffer).setUint32(second + 42, 0, true);
  expect(await outcome(new Blob([bytes]))).toMatch(/a and b lie in one place/);
});
