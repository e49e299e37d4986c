/**
 * Measures, inside the page's worker and from outside the engine, how long the adapter stands idle between submits: a
 * timestamp is written on the GPU before and after what every submit carries.
 */

/** What the probe leaves on the worker's global object. */
export interface IdleProbe {
  /** Forgets what was measured and begins anew. */
  start(): void;
  /** Begin and end of every submit since the start, as far as there was room, in ns of the GPU's clock. Ends measuring. */
  read(): Promise<{ begin: number; end: number }[]>;
}

/** Run in the worker, before anything asks for a device, so it stands on nothing outside of itself. */
export function installIdleProbe(): void {
  /** WebGPU's largest query set. */
  const CAPACITY = 4096;
  type RequestDevice = (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) => Promise<GPUDevice>;
  const requestDevice: RequestDevice = Reflect.get(GPUAdapter.prototype, 'requestDevice');
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
    const requiredFeatures = [...new Set([...(descriptor?.requiredFeatures ?? []), 'timestamp-query' as const])];
    const device = await requestDevice.call(this, { ...descriptor, requiredFeatures });
    Object.assign(globalThis, { idleProbe: watch(device) });
    return device;
  };

  function watch(device: GPUDevice): IdleProbe {
    const querySet = device.createQuerySet({ type: 'timestamp', count: CAPACITY });
    const submit = device.queue.submit.bind(device.queue);
    let next = CAPACITY;
    const stamp = (timestampWrites: Omit<GPUComputePassTimestampWrites, 'querySet'>) => {
      const encoder = device.createCommandEncoder();
      encoder.beginComputePass({ timestampWrites: { querySet, ...timestampWrites } }).end();
      return encoder.finish();
    };
    device.queue.submit = (commands) => {
      if (next >= CAPACITY) return submit(commands);
      const [before, after] = [stamp({ beginningOfPassWriteIndex: next }), stamp({ endOfPassWriteIndex: next + 1 })];
      next += 2;
      return submit([before, ...commands, after]);
    };
    return {
      start() {
        next = 0;
      },
      async read() {
        const count = next;
        next = CAPACITY;
        const size = 8 * count;
        const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
        const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
        const encoder = device.createCommandEncoder();
        encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
        encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
        submit([encoder.finish()]);
        await staging.mapAsync(GPUMapMode.READ);
        const stamps = [...new BigUint64Array(staging.getMappedRange())];
        // Relative to the first, so that nanoseconds fit a number.
        const times = stamps.map((time) => Number(time - stamps[0]!));
        resolved.destroy();
        staging.destroy();
        return Array.from({ length: count / 2 }, (_, i) => ({ begin: times[2 * i]!, end: times[2 * i + 1]! }));
      },
    };
  }
}

export interface IdleShare {
  /** From the first submit's begin to the last one's end. */
  wallMs: number;
  idleMs: number;
  /** idleMs / wallMs */
  idleShare: number;
  longestIdleMs: number;
  submits: number;
}

/** @throws RangeError if there is nothing to measure. */
export function idleShare(spans: readonly { begin: number; end: number }[]): IdleShare {
  const [first] = spans;
  if (!first) throw new RangeError('No submit was measured');
  let [doneAt, idle, longest] = [first.begin, 0, 0];
  for (const { begin, end } of spans) {
    const gap = Math.max(0, begin - doneAt);
    idle += gap;
    longest = Math.max(longest, gap);
    doneAt = Math.max(doneAt, end);
  }
  const wall = doneAt - first.begin;
  return {
    wallMs: wall / 1e6,
    idleMs: idle / 1e6,
    idleShare: idle / wall,
    longestIdleMs: longest / 1e6,
    submits: spans.length,
  };
}
