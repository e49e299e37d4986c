/** Exports beside the engine: the same photos through the file, in its own program, and through the network in memory. */
import { tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ONNX_DEFAULTS } from '../engine/exports/meta';
import { EXPORTERS } from '../engine/exports/registry';
import type { ExportedModel } from '../engine/exports/model';
import type { StudioBackend } from '../engine/gpu/backend';
import { predict } from '../engine/models/passes';
import { stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import { openOnnx, openTransformers } from '../hosts/browser/runtimes/onnx';
import type { ProofTask } from './host';
import { nodeBackend } from '../hosts/node/gpu';
import type { Proof } from '../protocol/messages';
import { byPath, exportedModel, largestDifference } from '../testing/exported';
import { withoutLeaks } from '../testing/gpuTensors';
import { images } from '../testing/golden/values';
import { patternLoader, patternSamples } from '../testing/patterns';
import { exportModel, type ModelExportOptions } from './modelExport';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

test.each(['tiny18', 'tiny18-fastai', 'tiny26', 'tinynext26'] as const)(
  'an ONNX file of a %s says what the engine says, of any number of photos of any size',
  (arch) =>
    withoutLeaks(backend, async () => {
      const model = exportedModel(arch);
      const { classes, state: host } = model;
      const state = uploadState(backend, stateSpecs(arch, classes.length), host);
      const network = await openOnnx(byPath(EXPORTERS.onnx(model)));
      for (const size of [32, 47, 64]) {
        for (const batch of [1, 3]) {
          const photos = images(`export/${size}`, batch, size);
          const x = tensor4d(photos, [batch, size, size, 3]);
          const { logits, pooled } = predict(backend, { arch, classes, state }, x);
          const ours = await backend.download(logits);
          const theirs = await network.run(photos, [batch, size, size]);
          expect(largestDifference(ours, theirs), `${batch} of ${size} px`).toBeLessThan(1e-4);
          for (const tensor of [logits, pooled]) backend.release(tensor);
          x.dispose();
        }
      }
      await network.close();
      releaseState(backend, state);
    }),
);

/** As the browser's worker does, but in this thread; `spoil` is done to a file before it is opened. */
function inThisThread(spoil: (bytes: Uint8Array) => Uint8Array<ArrayBuffer> = (bytes) => Uint8Array.from(bytes)) {
  return async ({ format, files, batches }: ProofTask) => {
    const spoiled = new Map<string, Blob>();
    for (const [path, file] of files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      spoiled.set(path, new Blob([path.endsWith('.onnx') ? spoil(bytes) : Uint8Array.from(bytes)]));
    }
    const network = await (format === 'onnx' ? openOnnx : openTransformers)(spoiled);
    const logits: Float32Array[] = [];
    for (const { images: photos, shape } of batches) logits.push(await network.run(photos, shape));
    await network.close();
    return { runtime: 'onnxruntime', logits };
  };
}

const view = { kind: 'eval', resize: 40, crop: 32, normalize: true } as const;

function exported(
  changes: Partial<ModelExportOptions>,
  runForeign = inThisThread(),
  model: Partial<ExportedModel> = {},
) {
  const dataset = { validation: patternSamples('validation', 5) };
  return exportModel({
    format: 'onnx',
    onnx: ONNX_DEFAULTS,
    model: exportedModel('tiny18', { view, ...model }),
    proof: { backend, loader: patternLoader(), dataset, runForeign },
    beside: () => [],
    pageProgram: () => Promise.resolve('/* a program */'),
    onProof: () => undefined,
    ...changes,
  });
}

test.each(['onnx', 'transformers', 'pth', 'timm'] as const)('a %s file is proven on validation photos', (format) =>
  withoutLeaks(backend, async () => {
    const heard: Proof[] = [];
    // The tiny network is in no list of those that the studio reads.
    const readable = format === 'pth' || format === 'timm' ? exportedModel('resnet18', { view }) : {};
    const onProof = (proof: Proof) => heard.push(proof);
    const { proofs, blob } = await exported({ format, onProof }, inThisThread(), readable);
    expect(proofs).toEqual(heard);
    expect(proofs).toMatchObject([{ format, size: 32, photos: 5, equalAnswers: 5, holds: true }]);
    expect(proofs[0]!.largestDifference).toBeLessThan(1e-4);
    expect(blob.size).toBeGreaterThan(format === 'pth' || format === 'timm' ? 44e6 : 700e3);
  }),
);

test('an ONNX file of any kind is proven as it is used', () =>
  withoutLeaks(backend, async () => {
    const calibrated = { temperature: 0.01 };
    for (const norms of ['kept', 'folded'] as const) {
      for (const normalization of ['inside', 'outside'] as const) {
        for (const output of ['logits', 'probabilities'] as const) {
          const { proofs } = await exported({ onnx: { norms, normalization, output } }, inThisThread(), calibrated);
          expect(proofs).toMatchObject([{ output, photos: 5, equalAnswers: 5, holds: true }]);
          expect(proofs[0]!.largestDifference).toBeLessThan(1e-4);
        }
      }
    }
  }));

test('a file that says something else, or does not open, is not handed out', () =>
  withoutLeaks(backend, async () => {
    const heard: Proof[] = [];
    const onProof = (proof: Proof) => heard.push(proof);
    const { values } = exportedModel('tiny18').state.tensors.get('fc.weight')!;
    const zeroed = (bytes: Uint8Array) => {
      const at = Buffer.from(bytes).indexOf(Buffer.from(values.buffer));
      return Uint8Array.from(bytes).fill(0, at, at + values.byteLength);
    };
    await expect(exported({ onProof }, inThisThread(zeroed))).rejects.toMatchObject({ code: 'export-differs' });
    expect(heard).toMatchObject([{ holds: false }]);
    const cut = (bytes: Uint8Array) => Uint8Array.from(bytes.subarray(0, bytes.length / 2));
    await expect(exported({}, inThisThread(cut))).rejects.toMatchObject({ code: 'export-differs' });
  }));

test('what a format cannot say is refused by name', async () => {
  const resized = { view: { kind: 'eval', resize: 0, crop: 32 } as const };
  await expect(exported({ format: 'timm' }, inThisThread(), resized)).rejects.toMatchObject({ code: 'not-exportable' });
});
