/** What settings about photos share. */

/** Sizes below 32 px leave nothing of a photo after five halvings; above 1024 px no adapter we know has the memory. */
export const SIZE = { min: 32, max: 1024, integer: true, unit: 'px' } as const;

/** How training photos are varied: by torchvision as in the blog or the paper, or by fastai. */
export const VARIATIONS = [
  { value: 'blog', label: 'Random crops' },
  { value: 'paper', label: 'Crops and colours' },
  { value: 'fastai', label: 'fastai’s' },
] as const;
