import type { CSSProperties, ReactNode } from 'react';

interface Props {
  label: string;
  className?: string;
  style?: CSSProperties;
  children: ReactNode;
}

const HOLDS_WHAT_IS_HIDDEN = { position: 'relative' } as const;

/**
 * A part that scrolls by itself, with what is hidden from sight in it: it takes the focus, so that arrow keys can scroll it
 * (axe: scrollable-region-focusable).
 */
export function ScrollRegion({ label, className, style, children }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={className} style={{ ...HOLDS_WHAT_IS_HIDDEN, ...style }} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
