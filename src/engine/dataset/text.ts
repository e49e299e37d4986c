/** A table's bytes as text, in whichever encoding it was saved. */

export interface DecodedText {
  text: string;
  /** As the Encoding Standard names it. */
  encoding: string;
}

/** What programs save tables in where it is not UTF-8: the West's first, since it fits any bytes. */
const LEGACY = ['windows-1252', 'macintosh', 'windows-1250', 'windows-1251', 'gb18030', 'shift_jis', 'euc-kr'];

/** As UTF-8 or UTF-16; else of the older encodings the one whose text `score` likes best, then the one that reads as words. */
export function decodeText(bytes: Uint8Array, score: (text: string) => number = () => 0): DecodedText {
  const utf16 = utf16Of(bytes);
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), encoding: utf16 };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    const readings = LEGACY.map((encoding) => ({ text: new TextDecoder(encoding).decode(bytes), encoding }));
    const scores = readings.map(({ text }) => score(text));
    const best = readings.filter((_, i) => scores[i] === Math.max(...scores));
    const counts = best.map(({ text }) => wordsIn(text));
    return best[counts.indexOf(Math.max(...counts))]!;
  }
}

/** So much of a text shows what it is written in. */
const SHOWN_CHARACTERS = 100_000;
const SCRIPTS = [
  /^(\p{Lu}?\p{Ll}+|\p{Lu}+)$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+$/u,
  /^\p{Script=Hangul}+$/u,
];

/** How many of the words with other letters than ASCII's are such: of one script, and western ones with few of them. */
function wordsIn(text: string): number {
  const words = text.slice(0, SHOWN_CHARACTERS).match(/[\p{L}\p{M}\uFFFD]+/gu) ?? [];
  const isWord = (word: string) => {
    if (!SCRIPTS.some((script) => script.test(word))) return false;
    const latin = word.match(/\p{Script=Latin}/gu)?.length ?? 0;
    const strange = word.match(/[^ -~]/gu)?.length ?? 0;
    return latin === 0 || (latin === word.length && strange * 2 <= word.length);
  };
  return words.filter((word) => /[^ -~]/.test(word) && isWord(word)).length;
}

/** By its mark, or, without one, by every other byte being zero, as in western text. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, Math.min(bytes.length & ~1, 512));
  if (head.length < 8) return undefined;
  const zeros = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]!++;
  });
  if (zeros[1]! * 2 > head.length * 0.8) return 'utf-16le';
  return zeros[0]! * 2 > head.length * 0.8 ? 'utf-16be' : undefined;
}
