/** A GPU whose device is the same one whoever asks: sessions that follow one another compile their kernels once. */
export function oneDevice(webgpu: GPU): GPU {
  let device: Promise<GPUDevice> | undefined;
  const requestAdapter = async (options?: GPURequestAdapterOptions) => {
    const adapter = (await webgpu.requestAdapter(options))!;
    const requestDevice = (descriptor?: GPUDeviceDescriptor) => (device ??= adapter.requestDevice(descriptor));
    const { info, features, limits } = adapter;
    return { info, features, limits, requestDevice };
  };
  return { requestAdapter } as unknown as GPU;
}
