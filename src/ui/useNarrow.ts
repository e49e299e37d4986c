import { useMediaQuery } from '@mantine/hooks';

/** Below 1000 px the steps fold into a menu, the verdict stands above the hero, and settings come from below. */
export const useNarrow = (): boolean =>
  useMediaQuery('(max-width: 999.98px)', undefined, { getInitialValueInEffect: false });
