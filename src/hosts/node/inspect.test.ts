import { expect, test } from 'vitest';
import { inspect } from './inspect';

test('what is not there is said to be so', async () => {
  const refusal = { code: 'bad-dataset', text: 'There is no file or folder /absent/photos', hint: '' };
  expect(await inspect('/absent/photos', {})).toEqual({ kind: 'dataset', refusal });
});
