/** The session's GPU: opened when it is first needed, and anew once its device has failed. */
import type { StudioError } from '../engine/base/errors';
import { installBackend, type StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import type { AdapterReport } from '../engine/gpu/report';
import { loadChoices, saveChoices } from '../engine/memory/kernelTuning';
import type { Host } from './host';

export class GpuLink {
  /** Null before the first use and after a failure. */
  private backend: Promise<StudioBackend> | null = null;
  /** The last that there was. */
  adapter: AdapterReport | null = null;

  constructor(
    private readonly host: Pick<Host, 'webgpu' | 'values'>,
    private readonly onLost: (error: StudioError) => void,
  ) {}

  /** @throws StudioError `no-webgpu` or `no-adapter`; the next call tries again. */
  connected(): Promise<StudioBackend> {
    this.backend ??= this.open().catch((error: unknown) => {
      this.backend = null;
      throw error;
    });
    return this.backend;
  }

  /** Keeps which kernels proved quickest for later sessions. */
  async saveChoices({ choices, report }: StudioBackend): Promise<void> {
    if (choices) await saveChoices(this.host.values, report, choices);
  }

  /** The next run finds out anew. */
  async forgetChoices(): Promise<void> {
    (await this.connected()).choices = undefined;
    await this.host.values.clear();
  }

  private async open(): Promise<StudioBackend> {
    const { webgpu, values } = this.host;
    const gpu = await openGpu(webgpu);
    gpu.onFailure((error) => {
      this.backend = null;
      if (error.code === 'device-lost') this.onLost(error);
    });
    this.adapter = gpu.report;
    const backend = await installBackend(gpu);
    backend.choices = await loadChoices(values, gpu.report);
    return backend;
  }
}
