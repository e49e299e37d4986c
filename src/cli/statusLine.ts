/** One line that is written over and over on a terminal, and now and then elsewhere. */
import process from 'node:process';

/** Where lines cannot be rewritten (a log file) progress is told this often. */
const SPARSE_MS = 30_000;

export class StatusLine {
  private shownAt = Date.now();

  show(text: string): void {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K${text.slice(0, process.stdout.columns - 1)}`);
    else if (Date.now() - this.shownAt >= SPARSE_MS) {
      this.shownAt = Date.now();
      console.log(text);
    }
  }

  /** Makes room for a line that stays. */
  clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
  }
}
