import { expect, test } from 'vitest';
import { nameParts, shortened, shortNames, withoutPrefix } from './classNames';

test('what all names begin with is left out, whole words alone', () => {
  expect(withoutPrefix(['Cassava Mosaic', 'Cassava Brown Streak', 'Cassava Bacterial Blight'])).toEqual([
    'Mosaic',
    'Brown Streak',
    'Bacterial Blight',
  ]);
  expect(withoutPrefix(['n01_cat', 'n01_car'])).toEqual(['cat', 'car']);
  expect(withoutPrefix(['cat', 'car'])).toEqual(['cat', 'car']);
});

test('what most begin with is left out of those that do', () => {
  expect(withoutPrefix(['Cassava Mosaic (CMD)', 'Cassava Green Mottle', 'Cassava Blight', 'Healthy'])).toEqual([
    'Mosaic (CMD)',
    'Green Mottle',
    'Blight',
    'Healthy',
  ]);
  // Two of four are no custom.
  expect(withoutPrefix(['red apple', 'red cherry', 'pear', 'plum'])).toEqual([
    'red apple',
    'red cherry',
    'pear',
    'plum',
  ]);
  // "rust" would be there twice.
  expect(withoutPrefix(['leaf rust', 'leaf blight', 'leaf spot', 'rust'])).toContain('leaf rust');
});

test('a name that does not begin like most is found whole', () => {
  const short = shortNames(['Cassava Mosaic', 'Cassava Mottle', 'Cassava Blight', 'Healthy']);
  expect([short.get('Cassava Blight'), short.get('Healthy')]).toEqual(['Blight', 'Healthy']);
});

test('the longest of what they share, not the first', () => {
  expect(withoutPrefix(['a/b/cat', 'a/b/dog', 'a/b/elk', 'a/c'])).toEqual(['cat', 'dog', 'elk', 'a/c']);
});

test('no name is left empty, and one name alone stays whole', () => {
  expect(withoutPrefix(['Leaf ', 'Leaf rust'])).toEqual(['Leaf ', 'Leaf rust']);
  expect(withoutPrefix(['Cassava Mosaic'])).toEqual(['Cassava Mosaic']);
  expect(withoutPrefix([])).toEqual([]);
});

test('long names keep both ends', () => {
  expect(shortened('Brown Streak', 20)).toBe('Brown Streak');
  const short = shortened('Brown Streak Disease of Cassava', 20);
  expect(short).toHaveLength(20);
  expect(short).toMatch(/^Brown.*….*Cassava$/);
});

test('a name is parted before its last words, so that both ends stay', () => {
  expect(nameParts('Brown Streak Disease (CBSD)')).toEqual(['Brown Streak Disease', ' (CBSD)']);
  expect(nameParts('Breed 4, as a herbarium writes it')).toEqual(['Breed 4, as a herbarium', ' writes it']);
  // There is no word's beginning to part it at, or it is short.
  for (const name of ['Staphylococcusaureus', 'Green leaf', '']) expect(nameParts(name)).toEqual([name, '']);
});
