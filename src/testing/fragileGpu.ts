/** A GPU whose devices can be reached, to be destroyed as a driver's reset destroys them. */

export interface FragileGpu {
  gpu: GPU;
  /** In the order in which they were asked for. */
  devices: GPUDevice[];
}

export function fragileGpu(webgpu: GPU): FragileGpu {
  const devices: GPUDevice[] = [];
  const requestAdapter = async (options?: GPURequestAdapterOptions) => {
    const adapter = (await webgpu.requestAdapter(options))!;
    const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
      const device = await adapter.requestDevice(descriptor);
      devices.push(device);
      return device;
    };
    const { info, features, limits } = adapter;
    return { info, features, limits, requestDevice };
  };
  return { gpu: { requestAdapter } as unknown as GPU, devices };
}
