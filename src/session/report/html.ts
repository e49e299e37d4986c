/** Pieces of a page as text. Whatever comes from photos, files or people is escaped here and nowhere else. */

/** Raw that is safe to put into a page. */
export type Html = string & { readonly html: unique symbol };

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Marks that turn the direction of what stands around them. */
const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069\u200E\u200F]/g;

export const escaped = (text: string | number): Html =>
  String(text)
    .replace(DIRECTIONS, '')
    .replace(/[&<>"']/g, (mark) => ESCAPES[mark]!) as Html;

/** Values are escaped, but for those that are markup already: lists of it are joined. */
export function markup(parts: TemplateStringsArray, ...values: readonly (Raw | string | number)[]): Html {
  return parts.reduce((page, part, i) => page + markupOf(values[i - 1]!) + part) as Html;
}

/** What is markup already. */
export class Raw {
  constructor(readonly markup: Html) {}
}

/** Markup to be put into markup. */
export const raw = (...pieces: readonly Html[]): Raw => new Raw(pieces.join('') as Html);

const markupOf = (value: Raw | string | number): string => (value instanceof Raw ? value.markup : escaped(value));

export const section = (title: string, ...content: readonly Html[]): Html =>
  markup`<section><h2>${title}</h2>${raw(...content)}</section>`;

export interface ReportTable {
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** The first column names the rows. */
export function tableHtml({ columns, rows }: ReportTable, caption: string): Html {
  const head = columns.map((column) => markup`<th scope="col">${column}</th>`);
  const body = rows.map(([first = '', ...others]) => {
    const cells = others.map((cell) => markup`<td>${cell}</td>`);
    return markup`<tr><th scope="row">${first}</th>${raw(...cells)}</tr>`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${raw(...head)}</tr></thead><tbody>${raw(...body)}</tbody></table></div>`;
}

/** Facts by name. */
export const factsHtml = (facts: readonly (readonly [name: string, value: string | number])[]): Html =>
  markup`<dl>${raw(...facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`))}</dl>`;
