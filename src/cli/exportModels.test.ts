import { expect, test, vi } from 'vitest';
import { StudioError } from '../engine/base/errors';
import { ONNX_DEFAULTS } from '../engine/exports/meta';
import type { Engine } from './engine';
import { exportModels } from './exportModels';

test('a checkpoint that is not there is left out of everything, with the reason, and fails where it was named', async () => {
  const [log, error] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
  for (const spy of [log, error]) spy.mockImplementation(() => undefined);
  const write = () => Promise.reject(new StudioError('needs-step', 'The state of no training is kept', 'Train.'));
  const engine = { write } as Pick<Engine, 'write'> as Engine;
  const asked = { formats: [], checkpoint: true, torchrun: false, prove: false, onnx: ONNX_DEFAULTS };
  expect(await exportModels(engine, 'out', { ...asked, all: true })).toBe(true);
  expect(log.mock.calls).toEqual([['checkpoint: Left out. The state of no training is kept.']]);
  expect(await exportModels(engine, 'out', { ...asked, all: false })).toBe(false);
  expect(error.mock.calls).toEqual([['checkpoint was not written: The state of no training is kept\nTrain.']]);
  vi.restoreAllMocks();
});
