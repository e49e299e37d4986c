/**
 * Counts what a device is asked for, beneath whoever asks: the same measure for our backend and the stock one, and none
 * of either's own bookkeeping.
 */
export interface Meter {
  /** Compute dispatches since the meter was made. */
  dispatches: number;
  /** Bytes in buffers that have not been destroyed, of whatever use. */
  bytes: number;
  /** The most that `bytes` has been. */
  peakBytes: number;
}

/** Starts counting; buffers made before are not seen. */
export function meter(device: GPUDevice): Meter {
  const counts: Meter = { dispatches: 0, bytes: 0, peakBytes: 0 };
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    counts.bytes += descriptor.size;
    counts.peakBytes = Math.max(counts.peakBytes, counts.bytes);
    const destroy = buffer.destroy.bind(buffer);
    let live = true;
    buffer.destroy = () => {
      if (live) counts.bytes -= descriptor.size;
      live = false;
      return destroy();
    };
    return buffer;
  };
  const createCommandEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = createCommandEncoder(descriptor);
    const beginComputePass = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (passDescriptor) => {
      const pass = beginComputePass(passDescriptor);
      const dispatchWorkgroups = pass.dispatchWorkgroups.bind(pass);
      pass.dispatchWorkgroups = (x, y, z) => {
        counts.dispatches++;
        return dispatchWorkgroups(x, y, z);
      };
      return pass;
    };
    return encoder;
  };
  return counts;
}
