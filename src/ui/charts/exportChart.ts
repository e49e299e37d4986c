/** A chart or its numbers as a file. */
import type { ChartTable } from '../../client/chartTable';
import { saveBlob } from '../../client/saveBlob';

const PNG_SCALE = 2;

/** The chart as it is drawn, on its own ground. @throws nothing: a chart without a drawing gives no file. */
export function saveSvg(figure: HTMLElement, background: string, fileName: string): void {
  const svg = svgOf(figure, background);
  if (svg) saveBlob(new Blob([svg.text], { type: 'image/svg+xml' }), `${fileName}.svg`);
}

/** At twice the size on the screen. */
export async function savePng(figure: HTMLElement, background: string, fileName: string): Promise<void> {
  const svg = svgOf(figure, background);
  if (!svg) return;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.width * PNG_SCALE;
  canvas.height = svg.height * PNG_SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => blob && saveBlob(blob, `${fileName}.png`));
}

/** What the chart shows as numbers. */
export async function saveCsv({ data }: ChartTable, fileName: string): Promise<void> {
  const { csvOf } = await import('../../client/csv');
  saveBlob(new Blob([csvOf(data)], { type: 'text/csv' }), `${fileName}.csv`);
}

function svgOf(figure: HTMLElement, background: string): { text: string; width: number; height: number } | null {
  const drawn = figure.querySelector<SVGSVGElement>('svg.recharts-surface');
  if (!drawn) return null;
  const { width, height } = drawn.getBoundingClientRect();
  const svg = drawn.cloneNode(true) as SVGSVGElement;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  svg.setAttribute('style', `background:${background};font-family:sans-serif`);
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}
