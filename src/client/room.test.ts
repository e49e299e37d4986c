import { expect, test } from 'vitest';
import type { MappedHead, MappedView, Measured } from '../protocol/photos';
import { headNote, mapLegend, mappedLines, mappedWords } from './room';

const NAMES = ['Healthy', 'Mosaic'];
const at = (size: number, changes: Partial<Measured> = {}): Measured => ({
  step: 'baseline',
  resize: size,
  size,
  ...changes,
});
const viewOf = (measured: Measured, label: number): MappedView => ({
  ...measured,
  shown: 1,
  rgba: new Uint8ClampedArray(4),
  scale: 1,
  label,
  map: { width: 1, height: 1, values: new Float32Array(1) },
});

test('under class maps stands what each photo is taken for, by what tells the two apart', () => {
  const words = (...views: MappedView[]) => mappedLines(views, 0, NAMES).map((line) => line.words);
  expect(mappedLines([viewOf(at(224), 1)], 0, NAMES)).toEqual([{ words: 'taken for Mosaic', wrong: true }]);
  expect(words(viewOf(at(224), 0), viewOf(at(384), 1))).toEqual(['224 px: right', '384 px: taken for Mosaic']);
  expect(words(viewOf(at(224), 0), viewOf(at(384, { step: 'finetune' }), 1))).toEqual([
    '224 px: right',
    '384 px: taken for Mosaic',
  ]);
  const tuned = viewOf(at(384, { step: 'finetune' }), 0);
  expect(words(viewOf(at(384), 0), tuned)).toEqual(['baseline: right', 'fine-tuned: right']);
  expect(words(viewOf(at(224), 0), viewOf(at(224, { resize: 256 }), 0))).toEqual([
    'baseline, 224 px of 224: right',
    'baseline, 224 px of 256: right',
  ]);
  expect(mappedLines('torn.jpg is torn', 0, NAMES)).toEqual([{ words: 'torn.jpg is torn', wrong: true }]);
});

test('who cannot see a map hears its class, weights and size', () => {
  const views = [viewOf(at(224), 1), viewOf(at(384), 0)];
  expect(mappedWords(views, NAMES, views)).toBe(
    'class map of Mosaic by baseline, 224 px, class map of Healthy by baseline, 384 px',
  );
});

test('the legend says whose measure the brightness is in, and of fastai’s head what kind its maps are', () => {
  const under = (linearHead: boolean, ...of: Parameters<typeof at>): Measured & MappedHead => ({
    ...at(...of),
    linearHead,
  });
  expect(mapLegend([under(true, 224)])).toBe(
    'Each photo as the network is given it at 224 px. Bright: what speaks for its answer, in each photo’s own measure.',
  );
  expect(mapLegend([under(true, 224), under(true, 384)])).toMatch(
    /both views at one scale\. Bright: .* own measure\.$/,
  );
  expect(mapLegend([under(false, 224)])).toMatch(/own measure\. Under fastai’s head a map .*\(HiResCAM\)/);
  expect(headNote([under(false, 224), under(true, 384)])).toMatch(/^Under fastai’s head, here 224 px, a map/);
  expect(headNote([])).toBe('');
});
