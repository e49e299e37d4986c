/** For every dialog: a named close button; and no second banner for screen readers (Mantine's title bar is a `<header>`). */
export const MODAL_PROPS = {
  closeButtonProps: { 'aria-label': 'Close' },
  attributes: { header: { role: 'none' } },
  transitionProps: { duration: 0 },
} as const;
