/** Widths of a chart's words in px, as its font draws them. */
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

let context: CanvasRenderingContext2D | null | undefined;
const known = new Map<string, number>();

export function textWidth(text: string, size: number, weight: 400 | 600 = 400): number {
  const key = `${weight} ${size} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  // Where there is no page, as in tests, a word is about as wide as its letters are many.
  if (context === undefined && typeof document !== 'undefined')
    context = document.createElement('canvas').getContext('2d');
  if (!context) return text.length * size * 0.6;
  context.font = `${weight} ${size}px ${FAMILY}`;
  const { width } = context.measureText(text);
  known.set(key, width);
  return width;
}

export const widest = (texts: readonly string[], size: number, weight: 400 | 600 = 400): number =>
  Math.max(0, ...texts.map((text) => textWidth(text, size, weight)));

/** Lines that it takes where it is wrapped between words. */
export function linesOf(text: string, size: number, width: number): number {
  let [lines, line] = [0, ''];
  for (const word of text.split(' ')) {
    const longer = line && `${line} ${word}`;
    const fits = longer !== '' && textWidth(longer, size) <= width;
    line = fits ? longer : word;
    if (!fits) lines++;
  }
  return lines;
}
