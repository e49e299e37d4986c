/** A list of any length, of which only what is in sight is drawn. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import css from './stage.module.css';

interface Props<T> {
  label: string;
  items: readonly T[];
  /** Of each, px. */
  rowHeight: number;
  keyOf: (item: T) => string;
  children: (item: T) => ReactNode;
}

export function VirtualList<T>({ label, items, rowHeight, keyOf, children }: Props<T>) {
  const scroll = useRef<HTMLElement>(null);
  // It is drawn anew at every scroll: there is nothing to remember.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialRect: { width: 300, height: 400 },
  });
  return (
    // It takes the focus, so that arrow keys can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={css['scroll']} ref={scroll} tabIndex={0} aria-label={label}>
      <ul className={css['rows']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const item = items[index]!;
          return (
            <li
              key={keyOf(item)}
              className={css['row']}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              aria-setsize={items.length}
              aria-posinset={index + 1}
            >
              {children(item)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
