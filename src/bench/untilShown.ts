/** In the page, before the drop: seconds from it until its photos are understood and shown. */
export function secondsUntilShown(): Promise<number> {
  return new Promise((resolve) => {
    addEventListener('drop', () => {
      const dropped = performance.now();
      const look = () => {
        const { dataset, opening } = window.studio.store.getState();
        const shown = dataset && !opening && document.querySelector('[data-testid="classes"]');
        if (shown) resolve((performance.now() - dropped) / 1000);
        else requestAnimationFrame(look);
      };
      look();
    });
  });
}
