/** The inputs of golden.json by formula; the other half of make_golden.py, which describes each formula. */

/** `count` float32 numbers in [-0.5, 0.5): xorshift (13, 17, 5) seeded with crc32(name), each state x giving x / 2^32 - 0.5. */
export function values(name: string, count: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count);
  let x = crc32(new TextEncoder().encode(name)) || 1;
  for (let i = 0; i < count; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    out[i] = (x >>> 0) / 2 ** 32 - 0.5;
  }
  return out;
}

/** `n` images of waves and noise in [0, 1]: [n, size, size, 3]. (make_golden.py returns the same as NCHW.) */
export function images(name: string, n: number, size: number): Float32Array<ArrayBuffer> {
  const noise = values(name, n * size * size * 3);
  const out = new Float32Array(noise.length);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        for (let c = 0; c < 3; c++, at++) {
          const wave = Math.sin((0.07 + 0.11 * i + 0.05 * c) * x + i) * Math.cos((0.13 + 0.04 * i + 0.09 * c) * y - c);
          const level = 0.5 + 0.3 * wave + (0.1 * (i - (n - 1) / 2)) / n + 0.25 * noise[at]!;
          out[at] = Math.min(1, Math.max(0, level));
        }
      }
    }
  }
  return out;
}

/** A smooth picture with fine detail, RGBA as decoders give it (alpha 255): [height, width, 4]. */
export function picture(name: string, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const noise = values(name, height * width * 3);
  const waves = [
    { fx: 0.031, fy: 0.023, phase: 0.3 },
    { fx: 0.11, fy: 0.07, phase: 1.1 },
    { fx: 0.005, fy: 0.019, phase: 2.0 },
  ];
  const out = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      for (const [c, { fx, fy, phase }] of waves.entries()) {
        const wave = Math.sin(x * fx + phase) * Math.cos(y * fy - phase);
        out[pixel * 4 + c] = Math.floor(127.5 + 90 * wave + 70 * noise[pixel * 3 + c]! + 0.5);
      }
    }
  }
  return out;
}

/** CRC-32 (reflected polynomial 0xedb88320), as zlib computes it; unsigned. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
