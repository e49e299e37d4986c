import { expect, test } from 'vitest';
import { GUIDE } from './guide';

test.each(Object.entries(GUIDE))(
  'the note on %s cites the section that it stands on, or says that it has none',
  (_, note) => {
    expect(note.source).toMatch(
      /^(FixRes, |Smith 2017, .*|Wilson 1927, .*|Guo et al. 2017, .*)(section|appendix|table) |^No section of FixRes: /,
    );
  },
);

test('under fastai’s head the note does not speak of averages alone', () => {
  expect(GUIDE.activations.text).not.toContain('maxim');
  expect(GUIDE.pooledBoth.text).toMatch(/average and the largest value/);
});
