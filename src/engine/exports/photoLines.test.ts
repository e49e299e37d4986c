/** What the texts of exports say of EXIF, and whether their code does it. */
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { byPath, exportedModel } from '../../testing/exported';
import made from '../../testing/photos/photos.json';
import { headerOf } from '../photo/storedPhoto';
import { ONNX_DEFAULTS } from './meta';
import { photoLines } from './photoLines';
import { EXPORTERS } from './registry';

const TURNED = Buffer.from(made.photos.find(({ name }) => name.startsWith('exif_6'))!.file, 'base64');

const readmeOf = (format: 'timm' | 'transformers' | 'tfjs', respectExif: boolean) =>
  byPath(EXPORTERS[format](exportedModel('tiny18', { respectExif }), ONNX_DEFAULTS))
    .get('README.md')!
    .text();

test('the photo keeps its EXIF where it was turned in tests, and none is found where it was not', async () => {
  const orientation = async (respectExif: boolean) => {
    const code = `(async () => { ${photoLines(respectExif)}\nreturn photo; })()`;
    const fetch = () => Promise.resolve(new Response(TURNED));
    const photo = (await runInNewContext(code, { fetch, Blob, TextDecoder, Uint8Array })) as Blob;
    expect(photo.size).toBe(TURNED.length);
    return headerOf(await photo.arrayBuffer()).orientation;
  };
  expect([await orientation(true), await orientation(false)]).toEqual([6, 1]);
});

test.each(['transformers', 'tfjs'] as const)('%s’ code reads photos so', async (format) => {
  for (const respectExif of [true, false]) {
    const code = (await readmeOf(format, respectExif)).replaceAll(/^ {2}/gm, '');
    expect(code).toContain(photoLines(respectExif));
  }
});

test('TensorFlow.js’ text says it', async () => {
  expect(await readmeOf('tfjs', true)).toContain('Turn photos as their EXIF asks. Resize the shorter side to 80 px');
  expect(await readmeOf('tfjs', false)).toContain(
    'Take photos as stored, whatever their EXIF asks. Resize the shorter',
  );
});

test('timm’s turns them by Pillow', async () => {
  expect(await readmeOf('timm', true)).toContain(
    'from PIL import Image, ImageOps\n\nmodel = timm.create_model("local-dir:.", pretrained=True).eval()',
  );
  expect(await readmeOf('timm', true)).toContain('photo = ImageOps.exif_transpose(Image.open("photo.jpg")).convert(');
  expect(await readmeOf('timm', false)).toContain('photo = Image.open("photo.jpg").convert(');
});

test.each(['timm', 'transformers'] as const)('%s’ model card says it', async (format) => {
  expect(await readmeOf(format, true)).toContain('Photos are turned as their EXIF asks, the shorter side resized to');
  expect(await readmeOf(format, false)).toContain('Photos are taken as stored, whatever their EXIF asks, the shorter');
});
