/** A zip archive of stored entries, as torch.save writes them but without their sums; `method` 8 says they are deflated. */
export function zipOf(entries: readonly { name: string; bytes: Uint8Array; method?: number }[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const { name, bytes, method = 0 } of entries) {
    const label = new TextEncoder().encode(name);
    const local = record(30, { 0: 0x04034b50, 18: bytes.length, 22: bytes.length, 26: label.length });
    const central = record(46, {
      0: 0x02014b50,
      8: method << 16,
      20: bytes.length,
      24: bytes.length,
      28: label.length,
      42: at,
    });
    parts.push(local, label, new Uint8Array(bytes));
    directory.push(central, label);
    at += local.length + label.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  return new Blob([
    ...parts,
    ...directory,
    record(22, { 0: 0x06054b50, 8: entries.length * 0x10001, 12: size, 16: at }),
  ]);
}

/** `length` bytes with 32-bit words at the offsets named. */
function record(length: number, words: Readonly<Record<number, number>>): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(length));
  for (const [at, word] of Object.entries(words)) view.setUint32(Number(at), word, true);
  return new Uint8Array(view.buffer);
}
