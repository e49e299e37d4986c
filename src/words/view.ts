/** Test views in words. */
import type { TestView } from '../protocol/weights';

type View = Pick<TestView, 'resize' | 'crop'> & Partial<TestView>;

/** "resize 480, centre crop 384"; what differs from the blog's pixels is added. */
export const viewText = (view: View): string => viewsText([view]);

/** Of views that differ in their sizes alone, whose answers are averaged: "resize 120 and 160, centre crop 96 and 128, averaged". */
export function viewsText(views: readonly View[]): string {
  const [{ resize, filter = 'bilinear', normalize, squish, respectExif, cacheSide = 0 }] = views as readonly [View];
  const all = (side: 'resize' | 'crop') => new Intl.ListFormat('en').format(views.map((view) => String(view[side])));
  return [
    resize === 0 ? null : `${squish ? 'squish' : 'resize'} ${all('resize')}`,
    `centre crop ${all('crop')}`,
    views.length > 1 ? 'averaged' : null,
    filter === 'bilinear' ? null : filter,
    normalize ? 'ImageNet’s colours taken out' : null,
    respectExif ? 'turned by EXIF' : null,
    cacheSide > 0 ? `from copies of ${cacheSide} px` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
