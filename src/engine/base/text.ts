/** Bytes as text, in whichever encoding they were written. */

export interface DecodedText {
  text: string;
  /** As the Encoding Standard names it. */
  encoding: string;
}

/** What programs write where it is not UTF-8: the West's first, since it fits any bytes. */
const LEGACY = [
  'windows-1252',
  'macintosh',
  'windows-1250',
  'windows-1251',
  'shift_jis',
  'euc-kr',
  'gb18030',
  'big5',
] as const;
/** What Windows writes names in zip archives in, where they are not DOS's own 437. */
const ZIPS = ['shift_jis', 'euc-kr', 'gb18030', 'big5', 'ibm866'] as const;
type Encoding = (typeof LEGACY)[number] | (typeof ZIPS)[number];

/** As UTF-8 or UTF-16; else of the older encodings the one whose text `score` likes best, then the one that reads as words. */
export function decodeText(bytes: Uint8Array, score: (text: string) => number = () => 0): DecodedText {
  const utf16 = utf16Of(bytes);
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), encoding: utf16 };
  const utf8 = asUtf8(bytes);
  if (utf8 !== undefined) return { text: utf8, encoding: 'utf-8' };
  const readings = LEGACY.map((encoding) => ({ text: new TextDecoder(encoding).decode(bytes), encoding }));
  const scores = readings.map(({ text }) => score(text));
  return mostLikely(
    bytes,
    readings.filter((_, i) => scores[i] === Math.max(...scores)),
  ).reading;
}

/** So sure one has to be that names are of another encoding than DOS's. */
const SURE = 0.9;

/** Which encoding names are in that say none, as in a zip of Windows; undefined: none that is known, so DOS's 437. */
export function encodingOfNames(names: Uint8Array): string | undefined {
  if (asUtf8(names) !== undefined) return 'utf-8';
  const readings = ZIPS.map((encoding) => ({ text: new TextDecoder(encoding).decode(names), encoding }));
  const { reading, likelihood } = mostLikely(names, readings);
  return likelihood >= SURE ? reading.encoding : undefined;
}

function asUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

interface Reading {
  text: string;
  encoding: Encoding;
}

/** The first of equals. */
function mostLikely(bytes: Uint8Array, readings: readonly Reading[]): { reading: Reading; likelihood: number } {
  const rated = readings.map((reading) => {
    const pairs = PAIRS[reading.encoding];
    const share = shareInWords(reading.text) * (pairs ? shareOfPairs(bytes, pairs) : 1);
    return { reading, likelihood: share * (reading.encoding === 'euc-kr' && !isKorean(reading.text) ? 0.5 : 1) };
  });
  return rated.reduce((best, each) => (each.likelihood > best.likelihood ? each : best));
}

/** So much of a text shows what it is written in. */
const SHOWN = 100_000;
const SCRIPTS = [
  /^(\p{Lu}?\p{Ll}+|\p{Lu}+)$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u,
  /^\p{Script=Hangul}+$/u,
];

/** How many of the characters beyond ASCII stand in words: of one script, and western ones with few of them. */
function shareInWords(text: string): number {
  const strangers = (word: string) => word.match(/[^ -~\s]/gu)?.length ?? 0;
  const isWord = (word: string) => {
    if (!SCRIPTS.some((script) => script.test(word))) return false;
    const latin = word.match(/\p{Script=Latin}/gu)?.length ?? 0;
    return latin === 0 || (latin === word.length && strangers(word) * 2 <= word.length);
  };
  const shown = text.slice(0, SHOWN);
  const words = shown.match(/[\p{L}\p{M}\uFFFD]+/gu) ?? [];
  const inWords = words.filter(isWord).reduce((sum, word) => sum + strangers(word), 0);
  return inWords / Math.max(1, strangers(shown));
}

/** The same bytes are Chinese as well, which in Korean is a row of rare syllables. */
const USUAL_SYLLABLES = new Set(
  `가간강개검견경계고공과관구국군귤기김나남노는다단대도동드들등라람래량레로류르름리린림마만말매면명모목무문물미바박반발방배벌법벨변별병보복부북분불비사산삼
  상색생서석선설성세소손송수스습시식신실심아안알약양어업에엽영오온완왕외용우운원유육은을음의이인일임자작잎장재적전점정제조족종주준중증지진질집차천청체초추치
  카코콩크타태터테토트파판팔포표품풍프피하학한합해행향현형호화확환황회후훈흰`,
);

function isKorean(text: string): boolean {
  const syllables = text.slice(0, SHOWN).match(/\p{Script=Hangul}/gu) ?? [];
  return syllables.filter((syllable) => USUAL_SYLLABLES.has(syllable)).length * 2 >= syllables.length;
}

type Pair = readonly [lead: number, trail: number];

interface Pairs {
  isLead: (byte: number) => boolean;
  /** Of the signs that texts are mostly written with: kana, and the first level of the standard's Chinese characters. */
  isCommon: (...pair: Pair) => boolean;
}

const within = (byte: number, from: number, to: number): boolean => byte >= from && byte <= to;

/** Encodings of two bytes a sign, in which nearly any bytes mean something. Sources: JIS X 0208, GB 2312, Big5, KS X 1001. */
const PAIRS: Partial<Record<Encoding, Pairs>> = {
  shift_jis: {
    isLead: (byte) => within(byte, 0x81, 0x9f) || within(byte, 0xe0, 0xfc),
    isCommon: (lead, trail) =>
      (lead === 0x81 && trail === 0x5b) ||
      (lead === 0x82 && trail >= 0x9f) ||
      (lead === 0x83 && trail >= 0x40 && trail <= 0x96) ||
      (within(lead, 0x88, 0x97) && trail >= 0x40),
  },
  'euc-kr': {
    isLead: (byte) => byte >= 0x81,
    isCommon: (lead, trail) => within(lead, 0xb0, 0xc8) && trail >= 0xa1,
  },
  gb18030: {
    isLead: (byte) => byte >= 0x81,
    isCommon: (lead, trail) => within(lead, 0xb0, 0xd7) && trail >= 0xa1,
  },
  big5: {
    isLead: (byte) => byte >= 0x81,
    isCommon: (lead, trail) => within(lead, 0xa4, 0xc6) && (trail >= 0xa1 || within(trail, 0x40, 0x7e)),
  },
};

/** How many of the signs beyond ASCII are common ones. */
function shareOfPairs(bytes: Uint8Array, { isLead, isCommon }: Pairs): number {
  let [signs, common] = [0, 0];
  for (let at = 0; at < Math.min(bytes.length, SHOWN); at++) {
    const [lead, trail] = [bytes[at]!, bytes[at + 1] ?? 0];
    if (lead < 0x80) continue;
    signs++;
    if (!isLead(lead)) continue;
    if (isCommon(lead, trail)) common++;
    at++;
  }
  return common / Math.max(1, signs);
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
