import { useLocalStorage } from '@mantine/hooks';

/** Whether the guided tour's texts are shown, and how to change that; outlives the page. */
export function useGuide() {
  return useLocalStorage({ key: 'fixres-studio.guide', defaultValue: true, getInitialValueInEffect: false });
}
