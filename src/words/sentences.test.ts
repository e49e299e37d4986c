import { expect, test } from 'vitest';
import { copiesSentences, orientationSentence } from '../client/sentences';
import type { Refusal } from '../engine/dataset/types';
import type { CopiedPhoto } from '../protocol/photos';
import { refusalWords } from './dataset';
import { warningText } from './datasetWarnings';
import { copiesSentence } from './splitTroubles';

test('turned photos are counted, with what is done about them', () => {
  expect(orientationSentence({ looked: 1200, of: 1200, turned: 7 }, 1200, false)).toBe(
    '7 of 1,200 photos carry their camera’s note that they are to be turned. They are taken as stored, as PyTorch does.',
  );
  expect(orientationSentence({ looked: 500, of: 2000, turned: 1 }, 21_397, true)).toBe(
    '1 of the 500 photos looked at carries their camera’s note that they are to be turned. They are turned upright, in training and testing alike.',
  );
});

test('smaller copies: their size before they are made, and what is kept', () => {
  const report = { losslessSide: 262, estimate: null, stored: { count: 0, bytes: 0 }, freeBytes: null };
  expect(copiesSentences(report, 0)).toEqual(['At 262 px no view of these settings that resizes loses detail.']);
  const estimated = {
    ...report,
    estimate: { photos: 300, bytes: 9e6 },
    stored: { count: 1, bytes: 3e4 },
    freeBytes: 6e9,
  };
  expect(copiesSentences(estimated, 262)[0]).toMatch(
    /^About 8.6 MiB of the 5.6 GiB that the browser allows, for 300 photos/,
  );
  expect(copiesSentences(estimated, 200)[1]).toContain('needs 262 px');
  expect(copiesSentences(estimated, 262).at(-1)).toBe('1 copy is kept (29 KiB).');
  expect(copiesSentences({ ...estimated, estimate: { photos: 0, bytes: 0 } }, 800)[0]).toContain('nothing to copy');
});

test.each([1, 2])('verbs agree with a count of %d', (count) => {
  const one = count === 1;
  const refusal = (code: Refusal['code']) =>
    refusalWords({ code, values: { count, names: 'elm', trained: 'oak', example: '1.jpg', kinds: 'HEIC', split: '' } });
  expect(refusal('both-splits').text).toMatch(one ? /^1 photo stands in/ : /^2 photos stand in/);
  expect(refusal('untrained-classes').text).toMatch(one ? /^1 validation photo is of/ : /^2 validation photos are of/);
  expect(refusal('unreadable-photos').text).toMatch(one ? /^The only photo is of/ : /^All 2 photos are of/);
  expect(warningText({ code: 'untrained-test', values: { count, names: 'elm' } })).toMatch(
    one ? /^1 test photo is of/ : /^2 test photos are of/,
  );
  const pair = (['train', 'validation'] as const).map((split): CopiedPhoto => ({
    split,
    index: 0,
    path: `${split}.jpg`,
  }));
  expect(copiesSentence({ groups: [pair], unlooked: count })).toContain(
    one ? '1 more photo of equal size was not' : '2 more photos of equal size were not',
  );
});
