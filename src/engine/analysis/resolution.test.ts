import { expect, test } from 'vitest';
import { adviseResolution, stridePenalty } from './resolution';

test('both rules give the paper’s and the blog’s sizes', () => {
  expect(adviseResolution(224)).toEqual({
    test: { exact: 280, recommended: 288 },
    train: { exact: expect.closeTo(179.2, 9) as number, recommended: 192 },
    map: 7,
  });
  expect(adviseResolution(384).test).toEqual({ exact: 480, recommended: 480 });
  expect(adviseResolution(32).train.recommended).toBe(32);
});

test('sizes that are no multiples of 32 say what they waste', () => {
  expect(stridePenalty(224)).toBeNull();
  expect(stridePenalty(179)).toMatch(/6 x 6 as at 192 px, 7 % .* 160 or 192 px/);
  expect(stridePenalty(20)).toMatch(/1 x 1 as at 32 px, .*; 32 px wastes/);
});
