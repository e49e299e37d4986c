/** What people take for weights is called by its name, whatever it is called. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { zipped } from '../../testing/archives';
import { byPath, exportedModel } from '../../testing/exported';
import { toOnnx } from '../exports/onnx';
import { ONNX_DEFAULTS } from '../exports/meta';
import type { ExportedFile } from '../exports/model';
import { page } from '../exports/page';
import { EXPORTERS } from '../exports/registry';
import { openWeightsFile } from './weightsFile';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(path.join(import.meta.dirname, '../../testing/torchFiles', name)));

test.each([
  ['nothing', '', /empty: 0 bytes/],
  ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 4\n', /Git LFS pointer/],
  ['a web page', '<!DOCTYPE html><title>Sign in</title>', /a web page/],
  ['JSON', '{"epochs": 10}', /text \(JSON\)/],
  ['Keras’ HDF5', '\x89HDF\r\n\x1a\n', /HDF5/],
  ['a NumPy array', '\x93NUMPY\x01\x00', /a NumPy array/],
  ['a plain pickle', '\x80\x04}\x94.', /a plain Python pickle/],
  ['a gzip archive', '\x1f\x8b\x08', /a gzip archive/],
  ['a photo', '\xff\xd8\xff\xe0', /a photo/],
])('%s', async (_, text, reason) => {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  await expect(openWeightsFile(new Blob([bytes]))).rejects.toThrow(reason);
});

test('a zip with one file of weights is opened, with several refused, TorchScript named', async () => {
  const weights = fixture('nested.pth');
  const opened = await openWeightsFile(await zipped({ 'run/log.txt': 'x', 'run/best.pth': weights }));
  expect([...opened.tensors.keys()]).toEqual(['module._orig_mod.weight', 'module._orig_mod.bias']);
  const several = openWeightsFile(await zipped({ 'a.pth': weights, 'b.pth': weights }));
  await expect(several).rejects.toThrow(/several files of weights: a\.pth, b\.pth/);
  const script = { 'm/data.pkl': '', 'm/constants.pkl': '', 'm/code/__torch__.py': '' };
  await expect(openWeightsFile(await zipped(script))).rejects.toThrow(/TorchScript/);
  await expect(openWeightsFile(await zipped({ 'a.npy': 'x' }))).rejects.toThrow(/\.npz/);
  const keras = { 'metadata.json': '{}', 'config.json': '{}', 'model.weights.h5': 'x' };
  await expect(openWeightsFile(await zipped(keras))).rejects.toThrow(/a Keras model/);
});

const archive = async (files: readonly ExportedFile[]) => zipped(Object.fromEntries(byPath(files)));

test('what the studio itself exports is opened, or called by its name with what can be opened', async () => {
  const model = exportedModel('tiny18', { view: { kind: 'eval', resize: 80, crop: 64, normalize: true } });
  const timm = await openWeightsFile(await archive(EXPORTERS.timm(model)));
  expect([...timm.tensors.keys()]).toContain('fc.weight');
  const onnx = await openWeightsFile(await zipped({ 'onnx/model.onnx': toOnnx(model, ONNX_DEFAULTS) }));
  expect([...onnx.tensors.keys()]).toContain('fc.weight');
  // Its norms are folded, which no training goes on from.
  await expect(openWeightsFile(await archive(EXPORTERS.transformers(model)))).rejects.toThrow(/ONNX file without/);
  const hint = expect.stringContaining('.safetensors, PyTorch’s .pth, .onnx and timm’s folder');
  await expect(openWeightsFile(await archive(EXPORTERS.tfjs(model)))).rejects.toMatchObject({
    message: 'The file is a TensorFlow.js model',
    hint,
  });
  const given = await page(model, '');
  const reason = { message: 'The file is a page to give away, which answers for photos by itself', hint };
  await expect(openWeightsFile(await archive(given))).rejects.toMatchObject(reason);
  for (const name of ['classifier.html', 'site/index.html'])
    await expect(openWeightsFile(byPath(given).get(name)!)).rejects.toMatchObject(reason);
  const shard = byPath(EXPORTERS.tfjs(model)).get('group1-shard1of1.bin')!;
  await expect(openWeightsFile(shard)).rejects.toThrow(/^The file is no safetensors file/);
});
