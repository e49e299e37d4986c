/** What is still whole of a project that cannot be opened, as files: weights as any, the rest as it lies on the disk. */
import { StudioError } from '../engine/base/errors';
import type { RunRecord } from '../engine/base/records';
import type { ExportedFile } from '../engine/exports/model';
import { weightsToSafetensors } from '../engine/train/checkpoint';
import { evaluationOf } from '../engine/train/runState';
import { type Checkpoint, metadataOf } from './checkpoint';
import { zipped } from './modelExport';
import { plainOf, SLOTS } from './store/projectIndex';
import { lookAt } from './store/projectLook';
import type { StoredWeights } from './store/projectStore';
import { RecordLog } from './store/recordLog';
import type { FolderView } from './store/slotFile';
import { lookedAt, SlotPair } from './store/slotPair';

/** Slots whose payload is handed out as it is, and what it is called then. */
const AS_IT_IS = { run: 'state-of-run.safetensors', kept: 'best-of-run.safetensors' } as const;

/** @throws StudioError `needs-step` where nothing is whole. */
export async function salvaged(view: FolderView): Promise<{ blob: Blob; found: string[] }> {
  const damages: string[] = [];
  const files = [...(await weightsIn(view, damages)), ...(await runIn(view, damages)), ...(await besideIn(view))];
  if (files.length === 0) throw new StudioError('needs-step', 'Nothing of this project is whole', 'It can be deleted.');
  if (damages.length > 0) files.push({ path: 'broken.txt', blob: new Blob([`${damages.join('\n')}\n`]) });
  return { blob: await zipped(files), found: files.map(({ path }) => path) };
}

/** The newest that is whole of each; `damages` takes what was found broken, by file. */
async function weightsIn(view: FolderView, damages: string[]): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const slot of SLOTS) {
    const pair = await SlotPair.look(view, slot);
    const stored = plainOf(pair.read()) as StoredWeights | null;
    damages.push(...pair.damages);
    if (!stored) continue;
    const checkpoint: Checkpoint = { ...stored, evaluation: stored.evaluation && evaluationOf(stored.evaluation) };
    files.push({ path: `${slot}.safetensors`, blob: weightsToSafetensors(checkpoint, metadataOf(checkpoint)) });
  }
  return files;
}

async function runIn(view: FolderView, damages: string[]): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const [name, path] of Object.entries(AS_IT_IS)) {
    const pair = await SlotPair.look(view, name);
    const reading = pair.read();
    damages.push(...pair.damages);
    if (reading) files.push({ path, blob: new Blob([reading.payload]) });
  }
  return files;
}

/** What the last run has said, a line a record, and which photos there were. */
async function besideIn(view: FolderView): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  const bytes = await (await view.blob('records'))?.arrayBuffer();
  const records = bytes ? new RecordLog<readonly RunRecord[]>(lookedAt(new Uint8Array(bytes))).readWhole().flat() : [];
  if (records.length > 0) {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    files.push({ path: 'records.jsonl', blob: new Blob(lines, { type: 'application/jsonl' }) });
  }
  const { manifest } = await lookAt(view);
  if (manifest) files.push({ path: 'photos.json', blob: new Blob([JSON.stringify(manifest)]) });
  return files;
}
