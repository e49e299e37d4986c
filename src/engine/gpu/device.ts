/**
 * The WebGPU device, requested by ourselves so that limits are the adapter's best and no error goes unheard
 * (TensorFlow.js asks for default limits and listens to neither `lost` nor `uncapturederror`).
 */
import { StudioError } from '../base/errors';
import type { AdapterReport } from './report';

export interface Gpu {
  readonly device: GPUDevice;
  readonly report: AdapterReport;
  /**
   * Throws the first GPU error or device loss since the device was made; results after one are wrong.
   * @throws StudioError `gpu-error` or `device-lost`.
   */
  throwIfFailed(): void;
  /**
   * What is behind an error: a failure of the GPU, if there was one, or the error itself. Waits until the GPU has answered for
   * all that was submitted, for its errors come before that answer and what waited for a lost device may fail before the loss
   * is told.
   */
  rootCause(thrown: unknown): Promise<unknown>;
  /** Called once, at the first failure. */
  onFailure(listener: (error: StudioError) => void): void;
}

const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
] as const;

const WANTED_FEATURES = ['subgroups', 'shader-f16', 'timestamp-query'] as const;

/**
 * @param webgpu `navigator.gpu` of a browser or of Dawn in Node; undefined where there is none.
 * @throws StudioError `no-webgpu` or `no-adapter`; `device-lost` if it was lost at once.
 */
export async function openGpu(webgpu: GPU | undefined): Promise<Gpu> {
  if (!webgpu) {
    throw new StudioError(
      'no-webgpu',
      'This browser has no WebGPU.',
      'Open the page in a current Chrome or Edge (version 113 or later), Safari 26 or Firefox 141 on Windows.',
    );
  }
  const adapter = await webgpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new StudioError(
      'no-adapter',
      'The browser offers no GPU to this page.',
      'Turn on hardware acceleration in the browser’s settings and update the graphics driver; chrome://gpu says why.',
    );
  }
  const device = await adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });

  // A device may be lost before anybody has it.
  const lost = await Promise.race([device.lost, Promise.resolve(null)]);
  if (lost) throw lossOf(lost);

  let failure: StudioError | null = null;
  const listeners: ((error: StudioError) => void)[] = [];
  const fail = (error: StudioError) => {
    if (failure) return;
    failure = error;
    for (const listener of listeners) listener(error);
  };
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event;
    fail(new StudioError('gpu-error', `The GPU refused a command: ${error.message}`, 'Try a smaller batch or size.'));
  });
  void device.lost.then((info) => fail(lossOf(info)));

  return {
    device,
    report: reportOf(adapter, device),
    throwIfFailed() {
      if (failure) throw failure;
    },
    async rootCause(thrown) {
      // A lost device resolves it in some browsers and rejects it in others.
      const answered = await device.queue.onSubmittedWorkDone().then(
        () => true,
        () => false,
      );
      if (!answered) await device.lost;
      return failure ?? thrown;
    },
    onFailure(listener) {
      listeners.push(listener);
    },
  };
}

const lossOf = ({ message }: GPUDeviceLostInfo): StudioError =>
  new StudioError(
    'device-lost',
    `The GPU was lost${message ? `: ${message}` : '.'}`,
    'Start again: a new device is asked for. If it happens again, use a smaller batch or size, or close other programs that use the GPU.',
  );

function reportOf(adapter: GPUAdapter, device: GPUDevice): AdapterReport {
  const { info } = adapter;
  const name = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`.toLowerCase();
  const subgroups = device.features.has('subgroups') && info.subgroupMinSize === info.subgroupMaxSize;
  return {
    vendor: info.vendor,
    architecture: info.architecture,
    description: info.description,
    software: info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software/.test(name),
    features: [...device.features].sort(),
    maxBufferBytes: device.limits.maxBufferSize,
    maxBindingBytes: device.limits.maxStorageBufferBindingSize,
    subgroupSize: subgroups ? (info.subgroupMinSize ?? null) : null,
  };
}
