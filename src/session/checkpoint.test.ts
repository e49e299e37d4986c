import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { scoreOf } from '../testing/runs';
import { type Checkpoint, configOf, historyIn, metadataOf, openedFrom, temperatureOf, viewOf } from './checkpoint';
import type { WeightsOrigin } from '../protocol/weights';

const view = {
  resize: 480,
  crop: 384,
  filter: 'bilinear',
  normalize: false,
  squish: false,
  respectExif: false,
  cacheSide: 0,
} as const;
const data = { name: 'leaves', classes: ['a', 'b'], trainCount: 9, validationCount: 4 };
const baseline: WeightsOrigin = {
  run: 'baseline',
  name: 'baseline, epoch 7',
  madeAt: '2026-01-01T00:00:00Z',
  config: parseStudioConfig({ lr: 0.25 }),
  data,
  view: { ...view, resize: 0, crop: 224 },
  score: scoreOf(3, 4),
};
const finetune: WeightsOrigin = {
  ...baseline,
  run: 'finetune',
  name: 'fine-tuning at 384 px, epoch 2',
  config: parseStudioConfig({ tuneLr: 0.5 }),
  view,
};
const opened: WeightsOrigin = {
  run: 'import',
  name: 'imported from x',
  madeAt: '',
  config: null,
  data: null,
  view: null,
  score: null,
};
const made = (...history: WeightsOrigin[]): Checkpoint => ({
  arch: 'resnet18',
  classes: ['a', 'b'],
  state: { tensors: new Map(), batchesTracked: new Map() },
  history,
  evaluation: null,
});

test('the licence of a file stays with what is made of it, through files', () => {
  const file = { ...made(), metadata: { license: 'mit' }, named: true, prefix: '', place: '', others: [], ignored: [] };
  const from = { file: 'x', at: new Date(0), licence: null };
  const first = openedFrom(file, from);
  expect(first.history).toMatchObject([{ run: 'import', licence: 'mit' }]);
  expect(openedFrom(file, { ...from, licence: 'apache-2.0' }).history).toMatchObject([{ licence: 'apache-2.0' }]);
  const metadata = metadataOf(made(...first.history, baseline));
  expect(metadata['license']).toBe('mit');
  const again = openedFrom({ ...file, metadata }, from);
  expect(again.history.map(({ licence }) => licence)).toEqual(['mit', undefined, 'mit']);
  expect(metadataOf(made(baseline))).not.toHaveProperty('license');
  const long = openedFrom({ ...file, metadata: { license: 'x'.repeat(9999) } }, from);
  expect(long.history[0]!.licence).toHaveLength(200);
});

test('weights carry the settings and the view that made them, and all before them, through a file', () => {
  const metadata = metadataOf(made(baseline, finetune));
  expect(JSON.parse(metadata['config']!)).toEqual(finetune.config);
  expect(JSON.parse(metadata['view']!)).toEqual(view);
  const history = historyIn(metadata);
  expect(history).toEqual([baseline, finetune]);
  const again = made(...history, opened);
  expect(configOf(again)).toEqual(finetune.config);
  expect(viewOf(again)).toEqual(view);
  expect(historyIn(metadataOf(again))).toEqual([baseline, finetune, opened]);
});

test('settings that a file has under a former name are found under the present one', () => {
  const { trainable: _, ...others } = baseline.config!;
  const history = JSON.stringify([{ ...baseline, config: { ...others, trains: 'layer4', lost: 1 } }]);
  expect(historyIn({ history })[0]!.config).toEqual({ ...baseline.config, trainable: 'layer4' });
});

test('weights of other makers claim no settings, and ones that were never measured no view', () => {
  const foreign = made(opened);
  expect([configOf(foreign), viewOf(foreign)]).toEqual([null, null]);
  expect(metadataOf(foreign)).not.toHaveProperty('config');
  // A run from opened weights that was stopped before an evaluation was not chosen in their view.
  const unfinished = { ...baseline, view: null, score: null };
  expect(viewOf(made(finetune, opened, unfinished))).toBeNull();
  expect(configOf(made(finetune, opened, unfinished))).toEqual(baseline.config);
});

test('a history that somebody made up is left out, whatever it holds', () => {
  for (const history of [
    '{',
    '7',
    '[7]',
    '[{"run":"x","name":"y"}]',
    JSON.stringify([{ ...baseline, view: { crop: -1 } }]),
  ]) {
    expect(historyIn({ history })).toEqual([]);
  }
  const odd = { ...baseline, config: { lr: 0.25, gone: 1 }, score: { loss: 'x' }, data: { classes: [1] } };
  const [link] = historyIn({ history: JSON.stringify([odd]) });
  expect(link).toMatchObject({ config: { lr: 0.25 }, score: null, data: null });
});

test('a temperature goes with its view, through files', () => {
  const calibrated = made({ ...baseline, temperature: 1.5 });
  expect(temperatureOf(calibrated)).toBe(1.5);
  const metadata = metadataOf(calibrated);
  expect(metadata['temperature']).toBe('1.5');
  const history = historyIn(metadata);
  expect(temperatureOf(made(...history, opened))).toBe(1.5);
  // Weights that were measured in another view since, where none could be fitted.
  expect(temperatureOf(made(...history, opened, finetune))).toBeNull();
  const strange = [
    { ...baseline, temperature: -1 },
    { ...baseline, temperature: '1.5' },
  ];
  expect(historyIn({ history: JSON.stringify(strange) }).map((link) => temperatureOf(made(link)))).toEqual([
    null,
    null,
  ]);
});
