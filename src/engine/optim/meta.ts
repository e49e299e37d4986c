/** The optimisers that a person may choose from, as data; `rules.ts` says what each does. */
export const OPTIMISERS = [
  { value: 'adamw', label: 'AdamW', why: 'AdamW is the blog’s.', lr: 'about 0.001', takesMomentum: false },
  {
    value: 'sgd',
    label: 'SGD with momentum',
    why: 'SGD with momentum is the paper’s.',
    lr: 'about 0.1 x batch / 256',
    takesMomentum: true,
  },
  {
    value: 'lion',
    label: 'Lion',
    why: 'Lion steps by signs alone, keeps half of what AdamW does, and wants three to ten times its weight decay.',
    lr: 'a tenth to a third of AdamW’s',
    takesMomentum: false,
  },
] as const;

/** `fastai` is its recipe's own Adam. */
export type OptimiserKind = (typeof OPTIMISERS)[number]['value'] | 'fastai';
