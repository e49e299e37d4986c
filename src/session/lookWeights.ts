/** Weights on the GPU for looks at photos, one after another: they stay there a while, so that many looks upload them once. */
import type { StudioBackend } from '../engine/gpu/backend';
import type { Network } from '../engine/models/passes';
import { stateSpecs } from '../engine/models/registry';
import { type HostState, type NetworkState, releaseState, uploadState } from '../engine/nn/state';
import type { Checkpoint } from './checkpoint';

/** Networks: as many as are laid beside one another. */
const MOST_KEPT = 2;
/** After the last look. */
const IDLE_MS = 10_000;

interface Kept {
  backend: StudioBackend;
  host: HostState;
  state: NetworkState;
  /** Looks that go on with it. */
  users: number;
}

export class LookWeights {
  /** The one used last stands last. */
  private kept: Kept[] = [];
  private idle: ReturnType<typeof setTimeout> | undefined;

  /** The checkpoint's network on the GPU while `look` goes on, which leaves it there. */
  async during<T>(
    backend: StudioBackend,
    { arch, classes, state: host }: Pick<Checkpoint, 'arch' | 'classes' | 'state'>,
    look: (network: Network<NetworkState>) => Promise<T>,
  ): Promise<T> {
    clearTimeout(this.idle);
    const known = this.kept.find((one) => one.backend === backend && one.host === host);
    const own = known ?? {
      backend,
      host,
      state: uploadState(backend, stateSpecs(arch, classes.length), host),
      users: 0,
    };
    own.users++;
    this.kept = [...this.kept.filter((one) => one !== own), own];
    const others = this.kept.slice(0, -MOST_KEPT);
    // Of a device that was lost, nothing is asked for again.
    this.letGo((one) => others.includes(one) || one.backend !== backend);
    try {
      return await look({ arch, classes, state: own.state });
    } finally {
      own.users--;
      clearTimeout(this.idle);
      this.idle = setTimeout(() => this.release(), IDLE_MS);
    }
  }

  /** Bytes of all others on this GPU. */
  bytesBeside(backend: StudioBackend, host: HostState): number {
    const others = this.kept.filter((one) => one.backend === backend && one.host !== host);
    return others
      .flatMap((one) => [...one.host.tensors.values()])
      .reduce((sum, { values }) => sum + values.byteLength, 0);
  }

  /** Lets go of all that no look goes on with. */
  release(): void {
    clearTimeout(this.idle);
    this.letGo(() => true);
  }

  private letGo(isMeant: (one: Kept) => boolean): void {
    const gone = this.kept.filter((one) => one.users === 0 && isMeant(one));
    this.kept = this.kept.filter((one) => !gone.includes(one));
    for (const { backend, state } of gone) {
      releaseState(backend, state);
      backend.releasePool();
    }
  }
}
