/**
 * TensorBoard's event files: records of TFRecord, each an Event. Formats: tensorflow/core/lib/io/record_writer.h (length and
 * data with their masked CRC-32C), core/util/event.proto and core/framework/summary.proto.
 */
import { crc32c } from './crc';
import { doubleField, type Encoded, floatField, integerField, message, nestedField, textField } from './protobuf';

export interface ScalarEvent {
  /** Seconds since 1970. */
  wallTime: number;
  /** A whole number of at least 0: TensorBoard's horizontal axis. */
  step: number;
  /** By tag, "loss/train". */
  values: Readonly<Record<string, number>>;
}

/** What a file begins with. */
const FILE_VERSION = 'brain.Event:2';

export function writeEvents(events: readonly ScalarEvent[]): Blob {
  const first = message(doubleField(1, events[0]?.wallTime ?? 0), textField(3, FILE_VERSION));
  return new Blob([first, ...events.map(eventOf)].flatMap(record));
}

function eventOf({ wallTime, step, values }: ScalarEvent): Encoded {
  const summary = Object.entries(values).map(([tag, value]) =>
    nestedField(1, message(textField(1, tag), floatField(2, value))),
  );
  return message(doubleField(1, wallTime), integerField(2, step), nestedField(5, message(...summary)));
}

function record(event: Encoded): Uint8Array<ArrayBuffer>[] {
  const length = event.reduce((sum, piece) => sum + piece.length, 0);
  const data = new Uint8Array(length);
  let at = 0;
  for (const piece of event) {
    data.set(piece, at);
    at += piece.length;
  }
  const header = new Uint8Array(8);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  return [header, masked(header), data, masked(data)];
}

/** Rotated and moved, so that sums of data that hold sums differ. */
function masked(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const crc = crc32c(bytes);
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0, true);
  return out;
}
