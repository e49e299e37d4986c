/** Tells, inside the page's worker and from outside the engine, when a run's first batch of photos is ready on the GPU. */

/** What the probe leaves on the worker's global object. */
export interface FirstBatchProbe {
  /** Resolves once the next `photos` photos have been uploaded and resampled, with the time when they were; ms since 1970. */
  after(photos: number): Promise<number>;
}

/**
 * Run in the worker, before anything asks for a device, so it stands on nothing outside of itself. Photos are the only
 * uploads of clamped bytes, one write a photo, and what is submitted next resamples them. When that is done is the GPU's own
 * word, a timestamp: what the host hears of it waits for the shaders of the step that follows.
 */
export function installFirstBatchProbe(): void {
  const requestDevice: GPUAdapter['requestDevice'] = Reflect.get(GPUAdapter.prototype, 'requestDevice');
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
    const requiredFeatures = [...new Set([...(descriptor?.requiredFeatures ?? []), 'timestamp-query' as const])];
    const device = await requestDevice.call(this, { ...descriptor, requiredFeatures });
    Object.assign(globalThis, { firstBatchProbe: watch(device) });
    return device;
  };

  function watch(device: GPUDevice): FirstBatchProbe {
    const { queue } = device;
    const [submit, writeBuffer] = [queue.submit.bind(queue), queue.writeBuffer.bind(queue)];
    let photosLeft = 0;
    let onResampled: ((time: Promise<bigint>) => void) | null = null;
    queue.writeBuffer = (...args: Parameters<GPUQueue['writeBuffer']>) => {
      writeBuffer(...args);
      if (args[2] instanceof Uint8ClampedArray) photosLeft--;
    };
    queue.submit = (commands) => {
      submit(commands);
      if (!onResampled || photosLeft > 0) return;
      onResampled(stamp());
      onResampled = null;
    };
    return {
      async after(photos) {
        photosLeft = photos;
        const resampled = new Promise<bigint>((resolve) => (onResampled = resolve));
        const prefetched = await stamp();
        const heard = performance.timeOrigin + performance.now();
        return heard + Number((await resampled) - prefetched) / 1e6;
      },
    };

    /** When the GPU has done all that was submitted before, in ns of its own clock. */
    async function stamp(): Promise<bigint> {
      const querySet = device.createQuerySet({ type: 'timestamp', count: 1 });
      const resolved = device.createBuffer({ size: 8, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
      const staging = device.createBuffer({ size: 8, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      const encoder = device.createCommandEncoder();
      encoder.beginComputePass({ timestampWrites: { querySet, endOfPassWriteIndex: 0 } }).end();
      encoder.resolveQuerySet(querySet, 0, 1, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8);
      submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const [time = 0n] = new BigUint64Array(staging.getMappedRange().slice(0));
      for (const buffer of [resolved, staging]) buffer.destroy();
      querySet.destroy();
      return time;
    }
  }
}
