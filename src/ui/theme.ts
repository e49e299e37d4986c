/** The look: one accent, two weights of the system font, an 8 px grid; greys dark enough for WCAG AA. */
import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'leaf',
  primaryShade: { light: 7, dark: 7 },
  colors: {
    leaf: [
      '#effaf3',
      '#d9f2e2',
      '#b2e4c6',
      '#84d3a6',
      '#5cc389',
      '#3fb175',
      '#2e9a63',
      '#257f52',
      '#1c6842',
      '#124c30',
    ],
  },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  // WCAG 2.2 asks for 24 px to press.
  components: { Checkbox: { vars: () => ({ root: { '--checkbox-size': '24px' } }) } },
});

/** Mantine's own dimmed greys miss 4.5 : 1. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#596067',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#c22525',
    '--mantine-color-yellow-light': '#fdf6dc',
    '--mantine-color-red-light': '#fdecec',
    '--studio-surface': '#ffffff',
    '--studio-ground': '#f6f7f8',
    '--studio-line': '#e2e5e8',
    '--studio-accent-text': '#1c6842',
    '--studio-accent-ground': '#e4f4ea',
    '--studio-amber-text': '#8a5300',
    '--studio-amber-ground': '#fdf3dd',
    '--studio-dash': '#868e96',
    '--studio-veil': 'rgb(239 250 243 / 94%)',
  },
  dark: {
    '--mantine-color-body': '#1b1d20',
    '--mantine-color-dimmed': '#a9b0b7',
    '--mantine-color-placeholder': '#8e959c',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-yellow-light': '#2f2818',
    '--mantine-color-red-light': '#361f20',
    '--studio-surface': '#1b1d20',
    '--studio-ground': '#141618',
    '--studio-line': '#33373c',
    '--studio-accent-text': '#84d3a6',
    '--studio-accent-ground': '#1f3328',
    '--studio-amber-text': '#f2b54d',
    '--studio-amber-ground': '#2f2818',
    '--studio-dash': '#7b838b',
    '--studio-veil': 'rgb(18 28 22 / 94%)',
  },
});
