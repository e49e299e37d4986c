import { expect, test } from 'vitest';
import { nodeBackend } from '../../hosts/node/gpu';
import { finish, newContext } from '../../testing/experimentRun';
import { exportedModel } from '../../testing/exported';
import { patternLoader, patternSamples } from '../../testing/patterns';
import { StudioError } from '../base/errors';
import { stateSpecs } from '../models/registry';
import { releaseState, uploadState } from '../nn/state';
import { evaluate } from './evaluate';
import { predictPhotos } from './predictPhotos';

const backend = await nodeBackend();
const { state: host, classes } = exportedModel('tiny18');
const specs = stateSpecs('tiny18', classes.length);
const view = { kind: 'eval', resize: 40, crop: 32 } as const;

test('photos without labels are given the very logits of an evaluation; one that cannot be read is left out', async () => {
  const state = uploadState(backend, specs, host);
  const network = { arch: 'tiny18' as const, classes, state };
  const samples = patternSamples('new', 7);
  const pass = { network, samples, batchSize: 3, view, epoch: 0 };
  const context = newContext(backend);
  const { result: known } = await finish(backend, evaluate(context, pass));
  const loader = patternLoader();
  const load: typeof loader.load = (path, ...rest) =>
    path === samples[2]!.path ? Promise.reject(new StudioError('bad-photo', 'torn')) : loader.load(path, ...rest);
  const torn: string[] = [];
  const features: number[][] = [];
  const run = predictPhotos({ ...context, loader: { load }, onUnreadable: (path) => torn.push(path) }, pass, (row) =>
    features.push([...row]),
  );
  const { result } = await finish(backend, run);
  expect(torn).toEqual([samples[2]!.path]);
  expect([...result.indices]).toEqual([0, 1, 3, 4, 5, 6]);
  const rowOf = (logits: Float32Array, i: number) => [...logits.subarray(i * classes.length, (i + 1) * classes.length)];
  result.indices.forEach((index, i) => expect(rowOf(result.logits, i)).toEqual(rowOf(known.logits, index)));
  expect(features.map(({ length }) => length)).toEqual([64, 64, 64, 64, 64, 64]);
  releaseState(backend, state);
});
