/** Names in tables that are opened in spreadsheets, too. */

/**
 * What a spreadsheet would take for a formula, and what is marked as none already. A minus begins one only where more than a
 * name follows it: ids of photos may begin with one.
 */
export const FORMULA = /^'*(?:[=@\t\r]|[+-].*[^\w.-])/s;

/** A cell as it was before it was marked as text, by a quote before what would be a formula. */
export const withoutMark = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
