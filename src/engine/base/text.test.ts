/** Encodings that nobody says, told by what they make of the bytes. */
import { expect, test } from 'vitest';
import { decodeText, encodingOfNames } from './text';

const bytesOf = (...parts: (string | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (letter) => letter.charCodeAt(0)) : part)),
  );

/** Two words in each, as programs of its country save them. */
const SAVED: readonly [encoding: string, words: string, bytes: Uint8Array][] = [
  ['windows-1252', 'mûre,pêche', bytesOf('m', [0xfb], 're,p', [0xea], 'che')],
  ['windows-1251', 'кот,РОЗА', bytesOf([0xea, 0xee, 0xf2], ',', [0xd0, 0xce, 0xc7, 0xc0])],
  ['gb18030', '苹果,桃', bytesOf([0xc6, 0xbb, 0xb9, 0xfb], ',', [0xcc, 0xd2])],
  ['shift_jis', 'りんご,良品', bytesOf([0x82, 0xe8, 0x82, 0xf1, 0x82, 0xb2], ',', [0x97, 0xc7, 0x95, 0x69])],
  ['euc-kr', '사과,배', bytesOf([0xbb, 0xe7, 0xb0, 0xfa], ',', [0xb9, 0xe8])],
  ['big5', '蘋果,梨', bytesOf([0xc4, 0xab, 0xaa, 0x47], ',', [0xb1, 0xf9])],
];

test.each(SAVED)('%s: %s', (encoding, words, bytes) => {
  expect(decodeText(bytes)).toEqual({ text: words, encoding });
});

test('names in zips that are neither UTF-8 nor of a known script are left to DOS', () => {
  const ofNames = (...parts: Parameters<typeof bytesOf>) => encodingOfNames(bytesOf(...parts));
  expect(encodingOfNames(new TextEncoder().encode('Ba\u0308r 1.jpg'))).toBe('utf-8');
  expect(ofNames([0xaa, 0xae, 0xe2], '/1.jpg\n', [0xaf, 0xf1, 0xe1], '/1.jpg')).toBe('ibm866');
  expect(ofNames([0x97, 0x9c], '/1.jpg\n', [0x95, 0x5c], '/2.jpg')).toBe('shift_jis');
  // In DOS's 437: "Bär", "Kühe", "Crème brûlée", "Père Noël".
  expect(ofNames('B', [0x84], 'r 1.jpg\nK', [0x81], 'he 1.jpg')).toBeUndefined();
  expect(ofNames('Cr', [0x8a], 'me br', [0x96], 'l', [0x82], 'e\nP', [0x8a], 're No', [0x89], 'l')).toBeUndefined();
});
