/** The session's GPU: opened when it is first needed, and anew once its device has failed. */
import type { StudioError } from '../engine/base/errors';
import { installBackend, type StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import type { AdapterReport } from '../engine/gpu/report';
import { loadChoices, saveChoices } from '../engine/memory/kernelTuning';
import type { Host } from './host';

/** Chrome blocks a page for two minutes after its second loss. */
const BLOCKED_MS = 130_000;
const ASK_AGAIN_MS = 5000;

export class GpuLink {
  /** Null before the first use and after a failure. */
  private backend: Promise<StudioBackend> | null = null;
  /** The last that there was. */
  adapter: AdapterReport | null = null;
  /** Devices that were lost so far: each has the next one take half as much work at a time. */
  private losses = 0;

  constructor(
    private readonly host: Pick<Host, 'webgpu' | 'values' | 'clock'>,
    private readonly onLost: (error: StudioError) => void,
    /** Is told until when, ISO, at the latest, a GPU is waited for; and null when that is over. */
    private readonly onAwaited: (until: string | null) => void,
  ) {}

  /** @throws StudioError `no-webgpu`, `no-adapter` or `device-lost`; the next call tries again. */
  connected(): Promise<StudioBackend> {
    this.backend ??= this.open().catch((error: unknown) => {
      this.backend = null;
      throw error;
    });
    return this.backend;
  }

  /**
   * After a loss: asks now and then, for as long as a browser keeps a GPU from a page that has lost it twice.
   * @throws StudioError `no-adapter` if it never comes; the signal's reason.
   */
  async reconnected(signal: AbortSignal): Promise<StudioBackend> {
    const { clock } = this.host;
    const until = clock.now() + BLOCKED_MS;
    let awaited = false;
    try {
      for (;;) {
        try {
          return await this.connected();
        } catch (error) {
          if (clock.now() > until) throw error;
        }
        if (!awaited) this.onAwaited(new Date(clock.date().getTime() + BLOCKED_MS).toISOString());
        awaited = true;
        await passed(ASK_AGAIN_MS, signal);
        signal.throwIfAborted();
      }
    } finally {
      if (awaited) this.onAwaited(null);
    }
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
      if (error.code !== 'device-lost') return;
      this.losses++;
      this.onLost(error);
    });
    this.adapter = gpu.report;
    const backend = await installBackend(gpu);
    backend.submitShare = 0.5 ** this.losses;
    backend.choices = await loadChoices(values, gpu.report);
    return backend;
  }
}

/** Resolves when so many ms have passed, or the signal says stop. */
function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
