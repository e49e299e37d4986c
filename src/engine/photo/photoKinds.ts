/** What a file is by its first bytes, whatever it is called. Sources: the formats' own specifications; Git LFS spec v1. */

/** Bytes that `kindOf` wants to see. */
export const KIND_BYTES = 512;

/** What browsers decode, and TIFF, for which we bring a decoder. */
const DECODABLE: readonly string[] = ['JPEG', 'PNG', 'WebP', 'AVIF', 'GIF', 'BMP', 'TIFF'];
/** "JPEG, PNG, …, BMP or TIFF". */
export const DECODABLE_NAMES = `${DECODABLE.slice(0, -1).join(', ')} or ${DECODABLE.at(-1)}`;

/** Of an archive that nobody here opens, as `kindOf` names it. */
export const isClosedArchive = (kind: string): boolean => /^(7z|RAR|bzip2|xz|Zstandard) archive$/.test(kind);

export const isDecodable = (kind: string): boolean => DECODABLE.includes(kind);

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

const BEGINNINGS: readonly [text: string, kind: string][] = [
  ['\xff\xd8', 'JPEG'],
  ['\x89PNG', 'PNG'],
  ['GIF8', 'GIF'],
  ['BM', 'BMP'],
  ['II*\0', 'TIFF'],
  ['II+\0', 'BigTIFF'],
  ['MM\0*', 'TIFF'],
  ['MM\0+', 'BigTIFF'],
  ['8BPS', 'Photoshop file'],
  ['\0\0\x01\0', 'icon'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\0\x0cJXL ', 'JPEG XL'],
  ['\0\0\0\x0cjP  ', 'JPEG 2000'],
  ['\xff\x4f\xff\x51', 'JPEG 2000'],
  ['%PDF', 'PDF'],
  ['PK\x03\x04', 'zip archive'],
  ['\x1f\x8b', 'gzip archive'],
  ["7z\xbc\xaf'\x1c", '7z archive'],
  ['Rar!\x1a\x07', 'RAR archive'],
  ['BZh', 'bzip2 archive'],
  ['\xfd7zXZ\0', 'xz archive'],
  ['\x28\xb5\x2f\xfd', 'Zstandard archive'],
  ['version https://git-lfs', 'Git LFS pointer (the file itself was not downloaded)'],
  ['SIMPLE  =', 'FITS'],
  ['\x93NUMPY', 'NumPy array'],
];

/** A name of what the bytes begin: "JPEG", "HEIC", "web page", …; "empty file" of none, "unknown" of others. */
export function kindOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'empty file';
  const head = ascii(bytes, 0, Math.min(bytes.length, KIND_BYTES));
  if (head.startsWith('II*\0') && head.slice(8, 10) === 'CR') return 'raw photo';
  if (head.slice(128, 132) === 'DICM') return 'DICOM';
  const known = BEGINNINGS.find(([text]) => head.startsWith(text));
  if (known) return known[1];
  if (head.startsWith('RIFF')) return head.slice(8, 12) === 'WEBP' ? 'WebP' : 'sound or film';
  if (head.slice(4, 8) === 'ftyp') return brandOf(head);
  if (/^P[1-7]\s/.test(head)) return 'Netpbm (pgm, ppm)';
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<(!doctype html|html|head|body|script)/i.test(text)) return 'web page (HTML)';
  if (/^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?(<!doctype svg[^>]*>\s*)?<svg/i.test(text)) return 'SVG';
  // oxlint-disable-next-line no-control-regex -- control characters are what tells text from other data
  return /^[^\x00-\x08\x0e-\x1f]*$/.test(head) ? 'text' : 'unknown';
}

/** ISO media files by their brands. */
function brandOf(head: string): string {
  const [brand, all] = [head.slice(8, 12), head.slice(8, 48)];
  if (/^avi[fs]/.test(brand)) return 'AVIF';
  if (/^(hei[cxms]|hev[cxms])/.test(brand)) return 'HEIC';
  if (/^(mif1|msf1)/.test(brand)) return /avi[fs]/.test(all) ? 'AVIF' : 'HEIC';
  return brand.startsWith('crx') ? 'raw photo' : 'film';
}
