/**
 * Protocol buffers' wire format, as far as reading goes: the fields of a message in a file, by their places. What is not asked
 * for is stepped over. Format: protobuf.dev/programming-guides/encoding.
 */
import { StudioError } from '../base/errors';

/** A field that was found: where its payload lies, from the file's first byte on. */
export interface FieldPlace {
  number: number;
  start: number;
  end: number;
  /** Of a whole number; the payload of others is their length. */
  value: number | null;
}

/** Read at once: tags and names lie close to one another, tensors are stepped over. */
const WINDOW_BYTES = 1 << 14;
const VARINT_BYTES = 10;

export class MessageReader {
  private window = { start: 0, bytes: new Uint8Array(0) };

  constructor(readonly file: Blob) {}

  get whole(): FieldPlace {
    return { number: 0, start: 0, end: this.file.size, value: null };
  }

  /** @throws StudioError `bad-weights` where a field does not end within its message. */
  async *fields(message: Pick<FieldPlace, 'start' | 'end'>): AsyncGenerator<FieldPlace, void, undefined> {
    const { end } = message;
    let at = message.start;
    while (at < end) {
      const tag = await this.varint(at, end);
      const [number, kind] = [Math.floor(tag.value / 8), tag.value % 8];
      const field = await this.payload(kind, tag.end, end);
      if (number === 0 || field.end > end) throw cut(at);
      yield { number, ...field };
      at = field.end;
    }
  }

  /** A field's bytes as UTF-8. */
  async text({ start, end }: FieldPlace): Promise<string> {
    return new TextDecoder().decode(await this.file.slice(start, end).arrayBuffer());
  }

  /** A whole number, or several packed into one field. */
  async integers(field: FieldPlace, most: number): Promise<number[]> {
    if (field.value !== null) return [field.value];
    const all: number[] = [];
    for (let at = field.start; at < field.end && all.length <= most;) {
      const { value, end } = await this.varint(at, field.end);
      all.push(value);
      at = end;
    }
    return all;
  }

  private async payload(kind: number, at: number, limit: number): Promise<Omit<FieldPlace, 'number'>> {
    switch (kind) {
      case 0: {
        const { value, end } = await this.varint(at, limit);
        return { start: at, end, value };
      }
      case 1:
        return { start: at, end: at + 8, value: null };
      case 2: {
        const { value, end } = await this.varint(at, limit);
        return { start: end, end: end + value, value: null };
      }
      case 5:
        return { start: at, end: at + 4, value: null };
      default:
        throw cut(at);
    }
  }

  /** Of numbers up to 2^53; negative ones come out too large to be anything. */
  private async varint(at: number, limit: number): Promise<{ value: number; end: number }> {
    const bytes = await this.bytes(at, Math.min(VARINT_BYTES, limit - at));
    let [value, scale] = [0, 1];
    for (let i = 0; i < bytes.length; i++) {
      value += (bytes[i]! & 127) * scale;
      scale *= 128;
      if (bytes[i]! < 128) return { value, end: at + i + 1 };
    }
    throw cut(at);
  }

  private async bytes(at: number, count: number): Promise<Uint8Array> {
    const { start, bytes } = this.window;
    if (at < start || at + count > start + bytes.length) {
      const read = await this.file.slice(at, at + WINDOW_BYTES).arrayBuffer();
      this.window = { start: at, bytes: new Uint8Array(read) };
      return this.window.bytes.subarray(0, count);
    }
    return bytes.subarray(at - start, at - start + count);
  }
}

const cut = (at: number) =>
  new StudioError('bad-weights', `The file is cut off or broken at byte ${at}`, 'Get it again.');
