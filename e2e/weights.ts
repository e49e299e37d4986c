/** Safetensors files for the tests: a reader of headers, and a writer that can also write wrong ones. */
import { readFileSync } from 'node:fs';

export type Shapes = Record<string, readonly number[]>;

interface Header {
  tensors: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  metadata: Record<string, string>;
}

/** 8 bytes of little-endian length, then JSON. */
export function readHeader(file: string): Header {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Header['tensors'];
  const { __metadata__: metadata, ...tensors } = header;
  return { tensors, metadata: (metadata ?? {}) as unknown as Header['metadata'] };
}

/** A network as it is before its training: filters and matrices of noise, norms that change nothing. */
export function writeNoise(shapes: Shapes, metadata: Record<string, string> = {}): Buffer {
  const buffer = writeZeros(shapes, metadata);
  let offset = 8 + Number(buffer.readBigUInt64LE(0));
  let seed = 1;
  for (const [key, shape] of Object.entries(shapes)) {
    const count = shape.reduce((product, n) => product * n, 1);
    if (key.endsWith('num_batches_tracked')) {
      offset += 8;
      continue;
    }
    const scale = shape.length > 1 ? Math.sqrt(2 / (count / shape[0]!)) : 0;
    const level = shape.length === 1 && /(weight|running_var)$/.test(key) ? 1 : 0;
    for (let i = 0; i < count; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      // Even between -√3 and √3: of deviation 1.
      buffer.writeFloatLE(level + scale * Math.sqrt(12) * (seed / 2 ** 32 - 0.5), offset + 4 * i);
    }
    offset += 4 * count;
  }
  return buffer;
}

/** All tensors zero, in float32. */
export function writeZeros(shapes: Shapes, metadata: Record<string, string> = {}): Buffer {
  let offset = 0;
  const entries = Object.entries(shapes).map(([key, shape]) => {
    const start = offset;
    const isCounter = key.endsWith('num_batches_tracked');
    offset += shape.reduce((product, n) => product * n, 1) * (isCounter ? 8 : 4);
    return [key, { dtype: isCounter ? 'I64' : 'F32', shape, data_offsets: [start, offset] }];
  });
  const header = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const padded = Buffer.alloc(Math.ceil(header.length / 8) * 8, ' ');
  header.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, Buffer.alloc(offset)]);
}

/** `torchvision.models.resnet18(num_classes=classes).state_dict()`, shapes only; with a width of 8 it is `tiny18`. */
export function resnet18Shapes(classes: number, width = 64): Shapes {
  const shapes: Record<string, number[]> = {};
  const norm = (name: string, channels: number) => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) shapes[`${name}.${part}`] = [channels];
    shapes[`${name}.num_batches_tracked`] = [];
  };
  const conv = (name: string, normName: string, to: number, from: number, size: number) => {
    shapes[`${name}.weight`] = [to, from, size, size];
    norm(normName, to);
  };
  conv('conv1', 'bn1', width, 3, 7);
  [1, 2, 4, 8].forEach((times, stage) => {
    const channels = times * width;
    for (const block of [0, 1]) {
      const name = `layer${stage + 1}.${block}`;
      const from = block === 0 && stage > 0 ? channels / 2 : channels;
      conv(`${name}.conv1`, `${name}.bn1`, channels, from, 3);
      conv(`${name}.conv2`, `${name}.bn2`, channels, channels, 3);
      if (from !== channels) conv(`${name}.downsample.0`, `${name}.downsample.1`, channels, from, 1);
    }
  });
  shapes['fc.weight'] = [classes, 8 * width];
  shapes['fc.bias'] = [classes];
  return shapes;
}
