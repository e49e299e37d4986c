import { Children, type ReactNode, startTransition, useEffect, useState } from 'react';

/** Draws its children one after the other, so that no page of panels keeps the browser from answering while it appears. */
export function InTurn({ children }: { children: ReactNode }) {
  const all = Children.toArray(children);
  const [drawn, setDrawn] = useState(1);
  useEffect(() => {
    if (drawn < all.length) startTransition(() => setDrawn(drawn + 1));
  }, [drawn, all.length]);
  return all.slice(0, drawn);
}
