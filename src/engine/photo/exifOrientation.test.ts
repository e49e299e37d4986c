import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exifOrientation, uprightToStored } from './exifOrientation';

/** The head of a JPEG with an APP0 segment, and EXIF data of one entry. */
function jpeg(orientation: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xffd8);
  view.setUint32(2, 0xffe00004);
  view.setUint32(8, 0xffe10024);
  view.setUint32(12, 0x45786966);
  view.setUint16(18, little ? 0x4949 : 0x4d4d);
  view.setUint16(20, 42, little);
  view.setUint32(22, 8, little);
  view.setUint16(26, 1, little);
  view.setUint16(28, 0x0112, little);
  view.setUint16(30, 3, little);
  view.setUint32(32, 1, little);
  view.setUint16(36, orientation, little);
  return bytes;
}

test('the tag is found in both byte orders', () => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    expect(exifOrientation(jpeg(orientation, true))).toBe(orientation);
    expect(exifOrientation(jpeg(orientation, false))).toBe(orientation);
  }
});

test('anything else is taken as stored', () => {
  expect(exifOrientation(new Uint8Array())).toBe(1);
  expect(exifOrientation(new Uint8Array([0x89, 0x50, 0x4e, 0x47]))).toBe(1);
  expect(exifOrientation(jpeg(9, true))).toBe(1);
  for (let length = 0; length < 38; length++) expect(exifOrientation(jpeg(6, true).slice(0, length))).toBe(1);
});

test('the way back from upright: the stored top left corner goes where the tag says it is shown', () => {
  // EXIF names each orientation by where the stored first row and first column appear; on a stored 4 x 3 picture.
  const shownAt: [number, number][] = [
    [0, 0],
    [4, 0],
    [4, 3],
    [0, 3],
    [0, 0],
    [3, 0],
    [3, 4],
    [0, 4],
  ];
  for (const [i, [x, y]] of shownAt.entries()) {
    const [a, b, c, d, e, f] = uprightToStored(i + 1, 4, 3);
    expect([a * x + c * y + e, b * x + d * y + f].map(Math.abs)).toEqual([0, 0]);
  }
});

const ODDITIES = path.resolve(import.meta.dirname, '../../../../shared/data/oddities');
test.skipIf(!existsSync(ODDITIES))('the photos of ../shared/data/oddities', () => {
  for (const name of readdirSync(ODDITIES)) {
    const expected = Number(/^exif_orientation_(\d)/.exec(name)?.[1] ?? 1);
    expect([name, exifOrientation(readFileSync(path.join(ODDITIES, name)))]).toEqual([name, expected]);
  }
});
