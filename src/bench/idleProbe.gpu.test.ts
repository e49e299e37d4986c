import { afterEach, expect, test } from 'vitest';
import { nodeBackend } from '../hosts/node/gpu';
import { type IdleProbe, idleShare, installIdleProbe } from './idleProbe';

let restore = () => {};
afterEach(() => restore());

test('gaps between submits are idle, overlaps are not', () => {
  const spans = [
    { begin: 0, end: 4e6 },
    { begin: 4e6, end: 10e6 },
    { begin: 13e6, end: 20e6 },
    { begin: 19e6, end: 25e6 },
    { begin: 26e6, end: 40e6 },
  ];
  expect(idleShare(spans)).toEqual({ wallMs: 40, idleMs: 4, idleShare: 0.1, longestIdleMs: 3, submits: 5 });
  expect(() => idleShare([])).toThrow(RangeError);
});

test('on a device, time without a submit is idle and time with one is not', async () => {
  await nodeBackend();
  const adapter = (await navigator.gpu.requestAdapter())!;
  const original = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, 'requestDevice')!;
  restore = () => void Object.defineProperty(GPUAdapter.prototype, 'requestDevice', original);
  installIdleProbe();
  const device = await adapter.requestDevice();
  const { idleProbe } = globalThis as typeof globalThis & { idleProbe: IdleProbe };
  const code = `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      var sum = 0.5;
      for (var i = 0; i < 50000; i++) { sum = sum * 0.999 + out[id.x % 64u]; }
      out[id.x] = sum;
    }`;
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const buffer = device.createBuffer({ size: 4096, usage: GPUBufferUsage.STORAGE });
  const entries = [{ binding: 0, resource: { buffer } }];
  const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const work = () => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(16);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
  const done = () => device.queue.onSubmittedWorkDone();
  work();
  await done();

  idleProbe.start();
  for (let i = 0; i < 5; i++) work();
  await done();
  const busy = idleShare(await idleProbe.read());
  expect(busy.submits).toBe(5);
  expect(busy.idleShare).toBeLessThan(0.2);

  idleProbe.start();
  work();
  await done();
  await new Promise((resolve) => setTimeout(resolve, 500));
  work();
  await done();
  const waiting = idleShare(await idleProbe.read());
  expect(waiting.longestIdleMs).toBeGreaterThan(480);
  expect(waiting.wallMs).toBeGreaterThan(waiting.idleMs);
  device.destroy();
});
