/** All the projects that a host keeps: listed, named, deleted and had back, and known again by their photos. */
import { StudioError } from '../engine/base/errors';
import { type KeptProject, type ProjectContents, UNDO_MS, type UnfinishedRun } from '../protocol/projects';
import { bestEpoch } from '../protocol/results';
import { baselineScoreOf } from '../words/verdict';
import type { Host } from './host';
import { type Manifest, sameManifest } from './manifest';
import type { ProjectLabel, ProjectState, RunInfo } from './store/projectIndex';
import { lookAt, type ProjectLook, unreadable } from './store/projectLook';
import { ProjectStore } from './store/projectStore';

const NOTHING_SAVED: RunInfo = { epoch: 0, trained: 0, measured: false };
/** Of a name, characters: it has to fit into a slot's header. */
const LONGEST_NAME = 120;

/** The project that this session works on. */
export interface OwnProject {
  readonly id: string;
  readonly store: ProjectStore;
}

/** `kept`: what is stored there is what is worked on, and not what was before. */
type OpenedProject = OwnProject & { kept: boolean };

export class ProjectShelf {
  constructor(
    private readonly host: Pick<Host, 'projects' | 'clock'>,
    private readonly own: () => OpenedProject | null,
  ) {}

  /** The one used last first. What was deleted too long ago is gone after this, and so is what was never written to. */
  async list(): Promise<KeptProject[]> {
    const { projects } = this.host;
    const [ids, elsewhere] = await Promise.all([projects.ids(), projects.openElsewhere()]);
    const listed: KeptProject[] = [];
    for (const id of ids) {
      const look = await this.look(id);
      const own = this.own();
      const here = own?.id === id ? (own.kept ? 'here' : 'changed') : null;
      const openIn = here ?? (elsewhere.has(id) ? 'elsewhere' : null);
      if (this.isOver(look)) {
        if (openIn === null) await projects.remove(id).catch(() => undefined);
        continue;
      }
      listed.push({ ...projectOf(id, look), openIn });
    }
    const usedAt = ({ contents }: KeptProject) => contents?.savedAt ?? '';
    return listed.sort((a, b) => (usedAt(a) < usedAt(b) ? 1 : -1));
  }

  private look(id: string): Promise<ProjectLook> {
    return this.host.projects.look(id).then(lookAt).catch(unreadable);
  }

  /** Nothing was ever kept there, or it was deleted and nobody wants it back. */
  private isOver({ empty, label }: ProjectLook): boolean {
    if (label.deletedAt === undefined) return empty;
    // A clock that was set back keeps nothing for ever.
    return Math.abs(this.host.clock.date().getTime() - Date.parse(label.deletedAt)) >= UNDO_MS;
  }

  /** @throws StudioError `busy` where somebody works on it; Error as the host says it. */
  async open(id: string): Promise<ProjectStore> {
    return ProjectStore.open(await this.host.projects.open(id));
  }

  /** @throws StudioError `busy` where somebody works on it. */
  async delete(id: string): Promise<void> {
    if (this.own()?.id === id)
      throw new StudioError(
        'busy',
        'This project is open',
        'Open another one, or reload the page, and delete it then.',
      );
    const deletedAt = this.host.clock.date().toISOString();
    await this.relabel(id, (label) => ({ ...label, deletedAt }));
  }

  async keepAgain(id: string): Promise<void> {
    if (!(await this.host.projects.ids()).includes(id)) return;
    await this.relabel(id, ({ name }) => (name === undefined ? {} : { name }));
  }

  async rename(id: string, name: string): Promise<void> {
    const trimmed = Array.from(name.trim()).slice(0, LONGEST_NAME).join('');
    await this.relabel(id, ({ deletedAt }) => ({
      ...(trimmed !== '' && { name: trimmed }),
      ...(deletedAt !== undefined && { deletedAt }),
    }));
  }

  private async relabel(id: string, change: (label: ProjectLabel) => ProjectLabel): Promise<void> {
    const own = this.own();
    const store = own?.id === id ? own.store : await this.open(id);
    try {
      store.writeLabel(change(store.readLabel()));
    } finally {
      if (store !== own?.store) store.close();
    }
  }

  /** `name`, or with a number behind it where a project is called so already. */
  async freeName(name: string): Promise<string> {
    const own = this.own()?.id;
    const taken = new Set((await this.list()).flatMap((one) => (one.id === own ? [] : [one.name])));
    for (let count = 2, free = name; ; free = `${name} (${count++})`) if (!taken.has(free)) return free;
  }

  /** What is still whole of it, as files. @throws StudioError `needs-step` where nothing is. */
  async salvage(id: string): Promise<{ blob: Blob; found: string[] }> {
    const { salvaged } = await import('./salvage');
    return salvaged(await this.host.projects.look(id));
  }

  /**
   * The project that was made of these photos, of several the one used last, and rather one that nobody else works on.
   * @param manifestWith Theirs, with so large a share of them held out.
   */
  async madeOf(
    manifestWith: (heldOut: number) => Promise<Manifest>,
  ): Promise<Pick<KeptProject, 'id' | 'openIn'> | null> {
    let elsewhere: KeptProject | null = null;
    for (const project of await this.list().catch(() => [])) {
      if (project.deleted) continue;
      const { state, manifest } = await this.look(project.id);
      if (!state || !manifest || !sameManifest(manifest, await manifestWith(state.data.heldOut))) continue;
      if (project.openIn !== 'elsewhere') return project;
      elsewhere ??= project;
    }
    return elsewhere;
  }
}

function projectOf(
  id: string,
  { state, manifest, label, running, damages, bytes }: ProjectLook,
): Omit<KeptProject, 'openIn'> {
  return {
    id,
    name: label.name ?? state?.data.name ?? manifest?.name ?? 'A project without a name',
    // Without its list of photos nobody can tell that they are the same.
    contents: state && manifest && contentsOf(state, running),
    damages,
    bytes,
    deleted: label.deletedAt !== undefined,
  };
}

function contentsOf(state: ProjectState, running: RunInfo | null): ProjectContents {
  const { savedAt, data, ended, results, queue = [] } = state;
  const { baseline = null, sweep = null, finetune } = results;
  const measured = { baseline: baselineScoreOf({ baseline, sweep }), finetune: bestEpoch(finetune)?.validation };
  const scores = Object.fromEntries(
    Object.entries(measured).flatMap(([step, score]) =>
      score ? [[step, { accuracy: score.accuracy, count: score.count }]] : [],
    ),
  );
  const queued = queue.filter(({ begun }) => begun === null).length;
  return { place: data.place, savedAt, ended, running: unfinishedOf(state, running), queued, scores };
}

/** `info`: how far it was when it was saved last; null where it was not. */
export function unfinishedOf({ running }: ProjectState, info: RunInfo | null): UnfinishedRun | null {
  return running && { run: running.run, config: running.config, ...(info ?? NOTHING_SAVED) };
}
