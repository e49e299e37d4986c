/** Test views in words. */
import type { TestView } from '../protocol/messages';

/** "resize 480, centre crop 384"; what differs from the blog's pixels is added. */
export function viewText(view: Pick<TestView, 'resize' | 'crop'> & Partial<TestView>): string {
  const { resize, crop, filter = 'bilinear', normalize, squish, respectExif, cacheSide = 0 } = view;
  return [
    resize === 0 ? null : `${squish ? 'squish' : 'resize'} ${resize}`,
    `centre crop ${crop}`,
    filter === 'bilinear' ? null : filter,
    normalize ? "ImageNet's colours taken out" : null,
    respectExif ? 'turned by EXIF' : null,
    cacheSide > 0 ? `from copies of ${cacheSide} px` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
