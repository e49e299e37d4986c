import { expect, test } from 'vitest';
import { FilePortions } from './filePortions';

test('files in portions become one folder', async () => {
  const portions = new FilePortions('pets');
  portions.add([{ path: 'a/1.jpg', file: new File(['one'], '1.jpg') }]);
  portions.add([{ path: 'b/2.jpg', file: new File(['two'], '2.jpg') }]);
  expect(portions.count).toBe(2);
  const source = portions.toSource();
  expect(source.name).toBe('pets');
  expect([...source.paths].sort()).toEqual(['a/1.jpg', 'b/2.jpg']);
  expect(await (await source.read('b/2.jpg')).text()).toBe('two');
  await expect(source.read('c.jpg')).rejects.toMatchObject({ code: 'bad-photo' });
});
