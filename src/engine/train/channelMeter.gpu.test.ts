import { expect, test } from 'vitest';
import { expectClose } from '../../testing/closeness';
import { values } from '../../testing/golden/values';
import { uploaded } from '../../testing/gpuTensors';
import { nodeBackend } from '../../hosts/node/gpu';
import { matchMoments } from '../analysis/channelMoments';
import { Activation } from '../nn/tape';

const backend = await nodeBackend();
const { ChannelMeter, GpuChannelMap } = await import('./channelMeter');

const CHANNELS = 8;
const SHAPE = [3, 5, 4, CHANNELS];
const COUNT = 60 * CHANNELS;

/** What comes out for `given` [3, 5, 4, 8]. */
async function through(part: Pick<InstanceType<typeof GpuChannelMap>, 'lastRelu'>, given: Float32Array) {
  const x = new Activation(backend, SHAPE, () => uploaded(backend, given, SHAPE), { needsGradient: false, kept: true });
  const y = part.lastRelu(backend, x).take();
  const out = await backend.download(y);
  backend.release(y);
  return out;
}

const momentsOf = (given: Float32Array, channel: number) => {
  const own = [...given].filter((_, i) => i % CHANNELS === channel);
  const mean = own.reduce((a, b) => a + b, 0) / own.length;
  return { mean, variance: own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / own.length };
};

test('the meter measures what passes, rectifies it, and the map matches it', async () => {
  const before = backend.usedBytes();
  const wide = Float32Array.from(values('wide', COUNT), (v, i) => 3 * v + (i % CHANNELS) - 2);
  const narrow = Float32Array.from(values('narrow', COUNT), (v) => 0.5 * v + 0.2);
  const meters = [new ChannelMeter(backend, CHANNELS), new ChannelMeter(backend, CHANNELS)] as const;
  const rectified = await through(meters[0], wide);
  expectClose(
    rectified,
    Float64Array.from(wide, (v) => Math.max(0, v)),
    1e-6,
  );
  await through(
    meters[1],
    narrow.map((v) => -v),
  );
  await through(meters[1], narrow);
  const [from, to] = await Promise.all(meters.map((meter) => meter.moments()));
  for (let c = 0; c < CHANNELS; c++) {
    const own = momentsOf(wide, c);
    expect(from!.mean[c]).toBeCloseTo(own.mean, 5);
    expect(from!.variance()[c]).toBeCloseTo(own.variance, 4);
    expect(to!.mean[c]).toBeCloseTo(0, 5);
  }
  const map = matchMoments(from!, to!);
  const onGpu = new GpuChannelMap(backend, map);
  expectClose(
    await through(onGpu, wide),
    Float64Array.from(wide, (v, i) => Math.max(0, map.scale[i % CHANNELS]! * v + map.shift[i % CHANNELS]!)),
    1e-5,
  );
  onGpu.release();
  for (const meter of meters) meter.release();
  expect(backend.usedBytes()).toBe(before);
});
