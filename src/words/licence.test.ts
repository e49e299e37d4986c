import { expect, test } from 'vitest';
import { licenceOf, licenceSentence } from './licence';

const opened = (licence?: string) => ({ run: 'import' as const, name: 'imported from x', ...(licence && { licence }) });
const baseline = { run: 'baseline' as const, name: 'baseline, epoch 3' };

test('terms are those of every file on the way, each once', () => {
  expect(licenceOf([baseline])).toBeNull();
  expect(licenceOf([opened(), baseline])).toBeNull();
  expect(licenceOf([opened('apache-2.0'), baseline, opened('apache-2.0')])).toBe('apache-2.0');
  expect(licenceOf([opened('mit'), baseline, opened('bsd-3-clause')])).toBe('mit and bsd-3-clause');
});

test('what is made of weights is said to stand under their terms', () => {
  expect(licenceSentence([opened('mit')])).toBe('Licence: mit.');
  expect(licenceSentence([opened('cc-by-nc-4.0'), baseline])).toBe(
    'Made of weights under cc-by-nc-4.0, which allows no commercial use: what is made of them stands under it, too.',
  );
  expect(licenceSentence([baseline])).toBeNull();
});
