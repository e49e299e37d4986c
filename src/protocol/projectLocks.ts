/** Which tab of a browser works on which project: a Web Lock each, which its worker holds and every page can see. */

const PREFIX = 'fixres-studio-project:';

/** What a `LockManager` says. */
interface Locks {
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

export const projectLock = (id: string): string => PREFIX + id;

/** Ids of the projects that tabs of this browser have open; none where it has no locks, or refuses them. */
export async function openProjects(): Promise<ReadonlySet<string>> {
  const { navigator } = globalThis as { navigator?: { locks?: Locks } };
  const { held = [] } = (await navigator?.locks?.query().catch(() => null)) ?? {};
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}
