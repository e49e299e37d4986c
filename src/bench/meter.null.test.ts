import { expect, test } from 'vitest';
import { nullBackend } from '../hosts/node/nullGpu';
import { meter } from './meter';

test('counts a device’s buffers and dispatches, and destruction once', async () => {
  await nullBackend();
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const counts = meter(device);
  const [a, b] = [100, 28].map((size) => device.createBuffer({ size, usage: GPUBufferUsage.STORAGE }));
  expect(counts).toEqual({ dispatches: 0, bytes: 128, peakBytes: 128 });
  a!.destroy();
  a!.destroy();
  expect(counts).toMatchObject({ bytes: 28, peakBytes: 128 });
  const code = '@compute @workgroup_size(1) fn main() {}';
  const module = device.createShaderModule({ code });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } }));
  pass.dispatchWorkgroups(1);
  pass.dispatchWorkgroups(2, 1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  expect(counts.dispatches).toBe(2);
  b!.destroy();
  device.destroy();
});
