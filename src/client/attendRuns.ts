/**
 * What the page does for a run besides showing it: the screen stays on while it is looked at, the browser is asked to keep what
 * is saved, and who is elsewhere is told when it ends. All of it may be refused, and nothing depends on it.
 */
import type { StoreApi } from 'zustand/vanilla';
import { tabTitle } from './progress';
import { isBusy, type StudioState } from './state';

/** What a page can do, or not. */
export interface PageHelp {
  isVisible(): boolean;
  /** Is called whenever the page may have been shown or hidden. */
  onVisibility(listener: () => void): void;
  /** Keeps the screen on until what it resolves to is called, or the page is hidden. */
  keepScreenOn(): Promise<() => void>;
  /** Asks the browser to delete nothing by itself; true if it promises. */
  persist(): Promise<boolean>;
  /** Where a person has allowed it. */
  notify(text: string): void;
}

/** Between two steps of one queue nothing runs either, ms. */
const OVER_MS = 2000;

export function attendRuns(store: StoreApi<StudioState>, page: PageHelp): void {
  let letSleep: (() => void) | null = null;
  let asking = false;

  async function attendScreen(): Promise<void> {
    const wanted = isBusy(store.getState()) && page.isVisible();
    if (!wanted) {
      letSleep?.();
      letSleep = null;
    }
    if (!wanted || letSleep || asking) return;
    asking = true;
    letSleep = await page.keepScreenOn().catch(() => null);
    asking = false;
    // It may have ended meanwhile.
    if (!isBusy(store.getState()) || !page.isVisible()) await attendScreen();
  }

  page.onVisibility(() => {
    // A hidden page has lost it.
    if (!page.isVisible()) letSleep = null;
    void attendScreen();
  });
  store.subscribe((now, before) => {
    if (isBusy(now) !== isBusy(before)) void attendScreen();
    if (now.saved.at !== before.saved.at && now.saved.lasts === null) {
      const lasts = (promised: boolean) => store.setState(({ saved }) => ({ saved: { ...saved, lasts: promised } }));
      page.persist().then(lasts, () => undefined);
    }
    if (!isBusy(before) || isBusy(now)) return;
    setTimeout(() => {
      const state = store.getState();
      if (!isBusy(state) && !page.isVisible()) page.notify(tabTitle(state));
    }, OVER_MS);
  });
}

/** Of the browser. */
export const browserPage: PageHelp = {
  isVisible: () => document.visibilityState === 'visible',
  onVisibility: (listener) => document.addEventListener('visibilitychange', listener),
  async keepScreenOn() {
    const lock = await navigator.wakeLock.request('screen');
    return () => void lock.release();
  },
  persist: () => navigator.storage.persist(),
  notify(text) {
    if (mayNotify() !== 'granted') return;
    const shown = new Notification(text);
    shown.addEventListener('click', () => window.focus());
  },
};

/** `default`: nobody was asked yet. */
export const mayNotify = (): NotificationPermission =>
  'Notification' in globalThis ? Notification.permission : 'denied';
