import { expect, test } from 'vitest';
import { type NumberField, type NumberListField, parseField } from './config';

const sizes: NumberListField = {
  type: 'numberList',
  default: [64],
  min: 32,
  max: 1024,
  label: 'Test resolutions',
  why: '',
};
const parsed = (value: unknown) => parseField('sizes', sizes, value);

test('a list has commas, spaces or semicolons between its numbers, and is sorted, each once', () => {
  for (const text of ['32,64', '32 64', '64; 32', ' 32, 64, ', '32\n64,32']) expect(parsed(text)).toEqual([32, 64]);
  expect([parsed([64, 32]), parsed(48)]).toEqual([[32, 64], [48]]);
});

test('what is no list of such numbers is refused, and it is said what is wanted', () => {
  for (const wrong of ['', ' , ', [], '32 wide', '32,64.5', '8 32', null]) {
    expect(() => parsed(wrong)).toThrow(
      expect.objectContaining({
        code: 'bad-config',
        hint: 'sizes must be whole numbers from 32 to 1024, with commas or spaces between.',
      }),
    );
  }
});

test('a decimal comma is a decimal point, save in whole numbers', () => {
  const decay: NumberField = { type: 'number', default: 0, min: 0, max: 10, label: 'Weight decay', why: '' };
  for (const text of ['0,05', '0.05', ' ,05 ']) expect(parseField('decay', decay, text)).toBe(0.05);
  for (const wrong of ['0,0,5', '1,000.5', ',']) expect(() => parseField('decay', decay, wrong)).toThrow('decay is');
  const epochs: NumberField = { ...decay, max: 5000, integer: true };
  for (const wrong of ['1,000', '2,5']) expect(() => parseField('epochs', epochs, wrong)).toThrow('epochs is');
});
