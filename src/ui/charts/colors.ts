/** Colours that mean something: train and validation are two fixed hues, sizes a perceptually even scale. */
import { useComputedColorScheme } from '@mantine/core';

export interface ChartColors {
  train: string;
  validation: string;
  /** Axes and their words. */
  ink: string;
  grid: string;
  /** The axes' own lines. */
  axis: string;
  surface: string;
  /** Better and worse than before. */
  gain: string;
  loss: string;
  /** The baseline's own view, apart from the scale of sizes. */
  reference: string;
  /** Viridis, from small sizes to large: away from the ground, so that large sizes stand out most. */
  sizes: readonly string[];
  /** Told apart by colour-blind eyes, too, and from the ground: searched for that, as `colors.test.ts` measures it. */
  classes: readonly string[];
  /** Of runs, none of which is that of training or validation. */
  runs: readonly string[];
}

export const LIGHT: ChartColors = {
  train: '#1a66c2',
  validation: '#c2540a',
  ink: '#4b5258',
  grid: '#e6e9ec',
  axis: '#868e96',
  surface: '#ffffff',
  gain: '#1f7a4d',
  loss: '#b42318',
  reference: '#b3186d',
  sizes: ['#1f9e89', '#26828e', '#31688e', '#3e4a89', '#482878', '#440154'],
  classes: ['#020eaf', '#592217', '#016b02', '#a8357d', '#259fce', '#788c0c', '#7833ea', '#ff4d8c'],
  runs: ['#6f42c1', '#00796b', '#b3186d', '#7a6200', '#3d4f9f', '#2e7d32', '#8d4b32', '#4b5258'],
};

export const DARK: ChartColors = {
  train: '#6db3ff',
  validation: '#ffa257',
  ink: '#b4bac0',
  grid: '#2d3136',
  axis: '#7b838b',
  surface: '#1b1d20',
  gain: '#5cc389',
  loss: '#ff8787',
  reference: '#ff8ac4',
  sizes: ['#2a8a98', '#1fa08a', '#35b779', '#6ece58', '#b5de2b', '#fde725'],
  classes: ['#84a2fd', '#e94215', '#bcff6a', '#bb649e', '#44fafb', '#afc013', '#9959ff', '#e5a1ab'],
  runs: ['#b79cf0', '#4dd0b8', '#ff8ac4', '#e6cf55', '#8ea2ff', '#8fd694', '#e0a184', '#b4bac0'],
};

export function useChartColors(): ChartColors {
  return useComputedColorScheme('light') === 'dark' ? DARK : LIGHT;
}

/** Widths of a hollow line and of what is seen through it, px. */
export const HOLLOW = { line: 4.5, core: 2 } as const;

/** How a run is drawn: colours come round, and in every second round lines and swatches are hollow. */
export const runMark = ({ runs }: ChartColors, index: number): { color: string; hollow: boolean } => ({
  color: runs[index % runs.length]!,
  hollow: Math.floor(index / runs.length) % 2 === 1,
});

/** The colour of the `index`th of `count` sizes, evenly along the scale. */
export function sizeColor({ sizes }: ChartColors, index: number, count: number): string {
  const place = count <= 1 ? 0.5 : index / (count - 1);
  const at = place * (sizes.length - 1);
  const low = Math.floor(at);
  const from = sizes[low]!;
  const to = sizes[Math.min(low + 1, sizes.length - 1)]!;
  const channels = [1, 3, 5].map((i) => {
    const [a, b] = [from, to].map((hex) => Number.parseInt(hex.slice(i, i + 2), 16)) as [number, number];
    return Math.round(a + (b - a) * (at - low));
  });
  return `rgb(${channels.join(', ')})`;
}
