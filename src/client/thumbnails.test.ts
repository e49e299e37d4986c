import { afterEach, expect, test, vi } from 'vitest';
import { createThumbnails } from './thumbnails';

afterEach(() => vi.restoreAllMocks());

/** Photos that come when they are told to. */
function setUp({ most, atOnce }: { most: number; atOnce: number }) {
  const asked: number[] = [];
  const answers = new Map<number, (ok: boolean) => void>();
  const revoked: string[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => `blob:${(blob as Blob).size}`);
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void revoked.push(url));
  const thumbnails = createThumbnails({
    most,
    atOnce,
    load: (photo) => {
      asked.push(photo);
      return new Promise((resolve, reject) =>
        answers.set(photo, (ok) =>
          ok ? resolve({ blob: new Blob(['x'.repeat(photo)]), imageId: `${photo}.jpg` }) : reject(new Error('broken')),
        ),
      );
    },
  });
  const answer = async (photo: number, ok = true) => {
    answers.get(photo)!(ok);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { thumbnails, asked, answer, revoked };
}
const nothing = () => undefined;

test('the latest photo wanted is asked for first, and one scrolled past not at all', async () => {
  const { thumbnails, asked, answer } = setUp({ most: 9, atOnce: 1 });
  const unwanted = [1, 2, 3].map((photo) => thumbnails.want(photo, nothing));
  unwanted[1]!();
  await answer(1);
  expect(asked).toEqual([1, 3]);
  await answer(3);
  expect(asked).toEqual([1, 3]);
  expect(thumbnails.get(3)).toEqual({ url: 'blob:3', name: '3.jpg' });
  expect(thumbnails.get(2)).toBeUndefined();
});

test('those used last are kept, and those in sight whatever their number', async () => {
  const { thumbnails, asked, answer, revoked } = setUp({ most: 2, atOnce: 4 });
  const changed = vi.fn();
  const let1 = thumbnails.want(1, changed);
  thumbnails.want(2, nothing);
  await answer(1);
  await answer(2);
  expect(changed).toHaveBeenCalledOnce();
  let1();
  thumbnails.want(3, nothing);
  await answer(3);
  expect(revoked).toEqual(['blob:1']);
  thumbnails.want(4, nothing);
  await answer(4);
  expect(revoked).toEqual(['blob:1']);
  // It is loaded anew.
  thumbnails.want(1, nothing);
  expect(asked.at(-1)).toBe(1);
  thumbnails.dispose();
  expect(revoked.sort()).toEqual(['blob:1', 'blob:2', 'blob:3', 'blob:4']);
});

test('a photo that cannot be read is known as such', async () => {
  const { thumbnails, answer } = setUp({ most: 2, atOnce: 4 });
  thumbnails.want(1, nothing);
  await answer(1, false);
  expect(thumbnails.get(1)).toEqual({ url: null, name: '' });
});
