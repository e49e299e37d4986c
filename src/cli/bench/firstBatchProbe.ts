/** Tells, inside the page's worker and from outside the engine, when a run's first batch of photos is on the GPU. */

/** What the probe leaves on the worker's global object. */
export interface FirstBatchProbe {
  /** Resolves when the next `photos` photos have been uploaded and the GPU has taken them; ms since 1970. */
  after(photos: number): Promise<number>;
}

/**
 * Run in the worker, before anything asks for a device, so it stands on nothing outside of itself. Photos are the only
 * uploads of clamped bytes, one write a photo.
 */
export function installFirstBatchProbe(): void {
  type WriteBuffer = (
    this: GPUQueue,
    ...args: [GPUBuffer, number, GPUAllowSharedBufferSource, number?, number?]
  ) => void;
  const writeBuffer: WriteBuffer = Reflect.get(GPUQueue.prototype, 'writeBuffer');
  let onPhoto: (queue: GPUQueue) => void = () => {};
  GPUQueue.prototype.writeBuffer = function (this: GPUQueue, ...args: Parameters<WriteBuffer>) {
    writeBuffer.apply(this, args);
    if (args[2] instanceof Uint8ClampedArray) onPhoto(this);
  };
  const probe: FirstBatchProbe = {
    after: (photos) =>
      new Promise((resolve, reject) => {
        let left = photos;
        onPhoto = (queue) => {
          left--;
          if (left > 0) return;
          onPhoto = () => {};
          queue.onSubmittedWorkDone().then(() => resolve(performance.timeOrigin + performance.now()), reject);
        };
      }),
  };
  Object.assign(globalThis, { firstBatchProbe: probe });
}
