import { expect, test } from 'vitest';
import { exportedModel } from '../../testing/exported';
import { toOnnx } from '../exports/onnx';
import { torchTensors } from '../train/checkpoint';
import { readOnnxFile } from './onnxFile';
import { type Encoded, integerField, message, nestedField, textField } from './protobuf';
import { openWeightsFile } from './weightsFile';

const KEPT = { normalization: 'inside', norms: 'kept', output: 'logits' } as const;
const model = exportedModel('tiny26', { view: { kind: 'eval', resize: 80, crop: 64, normalize: true } });
const file = toOnnx(model, KEPT);

test('an ONNX file of ours gives every tensor back, bit for bit, with all that it says of itself', async () => {
  const { tensors, metadata, place, others } = await openWeightsFile(file);
  const expected = [...torchTensors(model)].filter(([key]) => !key.endsWith('num_batches_tracked'));
  expect([...tensors.keys()].sort((a, b) => (a < b ? -1 : 1))).toEqual(
    expected.map(([key]) => key).sort((a, b) => (a < b ? -1 : 1)),
  );
  for (const [key, { shape, bytes }] of expected) {
    const tensor = tensors.get(key)!;
    expect([tensor.shape, Buffer.from(await tensor.read()).equals(Buffer.from(bytes))], key).toEqual([shape, true]);
  }
  expect(JSON.parse(metadata['classes']!)).toEqual(model.classes);
  expect([metadata['license'], place, others]).toEqual(['apache-2.0', '', []]);
});

test('folded norms and other networks are refused by what they are', async () => {
  const folded = toOnnx(model, { ...KEPT, norms: 'folded' });
  await expect(readOnnxFile(folded)).rejects.toThrow('they are folded');
  const other = message(integerField(1, 8), nestedField(7, message(textField(2, 'a graph without tensors'))));
  await expect(openWeightsFile(new Blob([...other]))).rejects.toMatchObject({
    code: 'bad-weights',
    message: expect.stringContaining('without batch norms') as string,
  });
});

test('a file that is cut anywhere, or whose lengths lie, is refused by name', async () => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (const share of [0.001, 0.1, 0.5, 0.9, 0.999]) {
    const cut = new Blob([bytes.slice(0, Math.floor(share * bytes.length))]);
    await expect(openWeightsFile(cut), `${share}`).rejects.toMatchObject({ code: 'bad-weights' });
  }
  const tensor = (shape: readonly number[], rest: Encoded) =>
    message(...shape.map((size) => integerField(1, size)), integerField(2, 1), textField(8, 'bn1.running_var'), rest);
  const modelOf = (one: Encoded) => new Blob([...message(integerField(1, 8), nestedField(7, nestedField(5, one)))]);
  const raw = nestedField(9, [new Uint8Array(16)]);
  await expect(readOnnxFile(modelOf(tensor([4], raw)))).resolves.toBeDefined();
  await expect(readOnnxFile(modelOf(tensor([2 ** 40, 2 ** 40], raw)))).rejects.toThrow('has 16 bytes for bn1');
  await expect(readOnnxFile(modelOf(tensor(Array(9).fill(1) as number[], raw)))).rejects.toThrow('more than 8 axes');
  await expect(readOnnxFile(modelOf(tensor([4], textField(13, 'location'))))).rejects.toThrow('in another file');
});
