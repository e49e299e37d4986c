/** Event files read by a reader that shares no code with the writer: in Python, sums bit by bit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { python, pythonHas } from '../../testing/python';
import { type ScalarEvent, writeEvents } from './tfevents';

const EVENTS: readonly ScalarEvent[] = [
  { wallTime: 1_764_360_000.5, step: 1, values: { 'loss/train': 1.5, 'accuracy/validation': 0.25 } },
  { wallTime: 1_764_360_060.25, step: 300, values: { 'loss/train': 0.75 } },
];

const READ = `
import json, struct, sys

def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF

def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF

def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at

def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            if kind == 2:
                size, at = varint(data, at)
            else:
                size = {1: 8, 5: 4}[kind]
            value, at = data[at:at + size], at + size
        yield number, value

def event(data):
    said = {"values": {}}
    for number, value in fields(data):
        if number == 1: said["wallTime"] = struct.unpack("<d", value)[0]
        if number == 2: said["step"] = value
        if number == 3: said["version"] = value.decode()
        if number == 5:
            for _, summary in fields(value):
                one = dict(fields(summary))
                said["values"][one[1].decode()] = struct.unpack("<f", one[2])[0]
    return said

data, at, events = open(sys.argv[1], "rb").read(), 0, []
while at < len(data):
    (length,) = struct.unpack_from("<Q", data, at)
    assert struct.unpack_from("<I", data, at + 8)[0] == masked(data[at:at + 8])
    body = data[at + 12:at + 12 + length]
    assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(body)
    events.append(event(body))
    at += 16 + length
print(json.dumps(events))`;

test.skipIf(!pythonHas('json'))('a reader of another make finds version, times, steps and values', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tfevents-'));
  try {
    const at = path.join(folder, 'events.out.tfevents.1');
    writeFileSync(at, Buffer.from(await writeEvents(EVENTS).arrayBuffer()));
    expect(python(READ, at)).toEqual([
      { wallTime: EVENTS[0]!.wallTime, version: 'brain.Event:2', values: {} },
      ...EVENTS,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
