/** Photos that are the same, to the byte or to the eye, found without comparing each with each. */

/** Photos that stand for one another, by their numbers, the smallest first; at least two. */
export type DuplicateGroup = readonly number[];

/** Two words a photo. */
type Words = Uint32Array;

/** Bits of 64 in which two photos' fingerprints may differ and still be of the same picture. */
const NEAR_BITS = 4;
/**
 * Fingerprints are cut into more blocks than bits may differ: of two that are near, one block is the same, so only photos that share
 * a block are compared.
 */
const BLOCKS = [
  { shift: 0, bits: 13 },
  { shift: 13, bits: 13 },
  { shift: 26, bits: 13 },
  { shift: 39, bits: 13 },
  { shift: 52, bits: 12 },
] as const;

/** Groups of equal hashes. `hashes` [photos, 2]; photos without one are left out by `has`. */
export function exactGroups(hashes: Words, has: (photo: number) => boolean): DuplicateGroup[] {
  const groups = new Map<string, number[]>();
  for (let photo = 0; photo < hashes.length / 2; photo++) {
    if (!has(photo)) continue;
    const key = `${hashes[2 * photo]} ${hashes[2 * photo + 1]}`;
    const group = groups.get(key);
    if (group) group.push(photo);
    else groups.set(key, [photo]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

interface NearOptions {
  has: (photo: number) => boolean;
  /** Photos that are known to be the same: one of each is enough to compare, and a folder may hold thousands. */
  same: readonly DuplicateGroup[];
  /** Whether two photos whose fingerprints are near are alike when looked at more closely. */
  alike: (a: number, b: number) => boolean;
}

/** Groups of photos each of which is near another one of them, `same` ones among them. `fingerprints` [photos, 2]. */
export function nearGroups(fingerprints: Words, { has, same, alike }: NearOptions): DuplicateGroup[] {
  const count = fingerprints.length / 2;
  const parent = Int32Array.from({ length: count }, (_, photo) => photo);
  for (const [first, ...others] of same) for (const other of others) parent[other] = first!;
  const rootOf = (photo: number): number => {
    let at = photo;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  const compared = Array.from({ length: count }, (_, photo) => photo).filter(
    (photo) => has(photo) && parent[photo] === photo,
  );
  for (const { shift, bits: width } of BLOCKS) {
    const buckets = new Map<number, number[]>();
    for (const photo of compared) {
      const key = blockOf(fingerprints[2 * photo]!, fingerprints[2 * photo + 1]!, shift, width);
      const bucket = buckets.get(key) ?? [];
      for (const other of bucket) {
        if (distance(fingerprints, photo, other) <= NEAR_BITS && alike(photo, other))
          parent[rootOf(photo)] = rootOf(other);
      }
      bucket.push(photo);
      buckets.set(key, bucket);
    }
  }
  const groups = new Map<number, number[]>();
  for (let photo = 0; photo < count; photo++) {
    const root = rootOf(photo);
    const group = groups.get(root);
    if (group) group.push(photo);
    else groups.set(root, [photo]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** Bits in which two photos' fingerprints differ. */
function distance(fingerprints: Words, a: number, b: number): number {
  return ones(fingerprints[2 * a]! ^ fingerprints[2 * b]!) + ones(fingerprints[2 * a + 1]! ^ fingerprints[2 * b + 1]!);
}

/** `bits` bits of a 64-bit word from `shift` on, which may lie in both halves. */
function blockOf(high: number, low: number, shift: number, bits: number): number {
  const mask = (1 << bits) - 1;
  if (shift >= 32) return (high >>> (shift - 32)) & mask;
  if (shift + bits <= 32) return (low >>> shift) & mask;
  return ((low >>> shift) | (high << (32 - shift))) & mask;
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Pearson's, of two rows of numbers; 0 where either does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
    squaresA += a[i]! ** 2;
    squaresB += b[i]! ** 2;
    products += a[i]! * b[i]!;
  }
  const variances = (squaresA - sumA ** 2 / n) * (squaresB - sumB ** 2 / n);
  return variances > 0 ? (products - (sumA * sumB) / n) / Math.sqrt(variances) : 0;
}
