/** What lies in a page that is given away: the model that its program opens. */
import type { ExportFiles } from '../../../session/host';

const MODEL = /<script type="application\/json" id="model">([^<]*)<\/script>/;
const SHARD = /<script type="text\/plain" data-shard="([^"]*)">([^<]*)<\/script>/g;

export async function filesInPage(page: Blob): Promise<ExportFiles> {
  const text = await page.text();
  const files = new Map([['model.json', new Blob([MODEL.exec(text)?.[1] ?? ''])]]);
  for (const [, path = '', base64 = ''] of text.matchAll(SHARD)) {
    const letters = atob(base64);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    files.set(path, new Blob([bytes]));
  }
  return files;
}
