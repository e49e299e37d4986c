/** `--export` and `--prove`: the network in other programs' formats, each in a folder of its own name. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../engine/base/errors';
import { EXPORTS, type ModelFormat, type OnnxOptions } from '../engine/exports/meta';
import { readZip } from '../engine/io/zip';
import type { ExportRefusal, Proof } from '../protocol/messages';
import { proofTable, refusalSentence } from '../words/exports';
import type { Engine } from './engine';
import { errorLines } from './report';

export interface ModelExports {
  formats: readonly ModelFormat[];
  /** The last training with its optimiser, too. */
  checkpoint: boolean;
  /** The folder with which PyTorch goes on elsewhere. */
  torchrun: boolean;
  /** Every format was asked for: one that cannot say what the network does is left out, with the reason. */
  all: boolean;
  prove: boolean;
  /** What the ONNX file is to be. */
  onnx: OnnxOptions;
}

/** As `--export` calls it. */
export const TORCHRUN = 'torchrun';
export const CHECKPOINT_FILE = 'checkpoint.zip';

/** @returns Whether all was written and every proof holds. */
export async function exportModels(engine: Engine, folder: string, o: ModelExports): Promise<boolean> {
  const proofs: Proof[] = [];
  const refused: ExportRefusal[] = [];
  let complete = true;
  for (const format of o.formats) {
    try {
      const { blob, proofs: said } = await engine.model(format, { prove: o.prove, onnx: o.onnx });
      proofs.push(...said);
      await unpack(blob, path.join(folder, format), EXPORTS[format].fileName);
      console.log(`wrote ${path.join(folder, format)}`);
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      if (o.all && error.code === 'not-exportable') {
        refused.push({ format, reason: error.message });
        continue;
      }
      complete = false;
      console.error(`${format} was not written: ${errorLines(error)}`);
    }
  }
  if (o.checkpoint) complete = (await writeCheckpoint(engine, path.join(folder, CHECKPOINT_FILE), o.all)) && complete;
  if (o.torchrun) {
    await unpack(await engine.trainElsewhere(), path.join(folder, TORCHRUN), `${TORCHRUN}.zip`);
    console.log(`wrote ${path.join(folder, TORCHRUN)}: its README.md says how to go on there`);
  }
  for (const line of proofTable(proofs, refused)) console.log(line);
  return complete;
}

/** `optional`: where there is none, that is told and no more. @returns Whether it is there, or need not be. */
async function writeCheckpoint(engine: Engine, file: string, optional: boolean): Promise<boolean> {
  try {
    await engine.write('checkpoint', file);
    console.log(`wrote ${file}`);
    return true;
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    const { code, message, hint } = error;
    if (optional && (code === 'needs-step' || code === 'not-exportable')) {
      console.log(`checkpoint: ${refusalSentence({ reason: message })}`);
      return true;
    }
    console.error(`checkpoint was not written: ${message}${hint ? `\n${hint}` : ''}`);
    return false;
  }
}

/** An archive's files, or the one file; what lay there before goes. */
async function unpack(blob: Blob, folder: string, fileName: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  if (!fileName.endsWith('.zip')) return writeFile(path.join(folder, fileName), blob.stream());
  for (const [name, { open }] of await readZip(blob)) {
    const target = path.join(folder, name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, (await open()).stream());
  }
}
