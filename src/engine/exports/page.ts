/**
 * A page to give away: a network with all that it takes to ask it, for people who have a browser and nothing else. One HTML
 * file that holds everything and opens from the disk, and the same as a small site, whose weights browsers keep in their caches.
 */
import { inPercent } from '../base/accuracyText';
import { labelOf } from '../models/meta';
import { type ExportedFile, type ExportedModel, jsonFile, preprocessingOf, textFile } from './model';
import type { PageAbout } from './pageAbout';
import { tfjs } from './tfjs';
import style from './page.css?raw';

/**
 * @param program The page's script (`hosts/page`), bundled.
 * @throws StudioError `not-exportable` as the TensorFlow.js export does: the page runs that network.
 */
export async function page(model: ExportedModel, program: string): Promise<ExportedFile[]> {
  const files = tfjs(model);
  const json = files.find(({ path }) => path === 'model.json')!;
  const shards = shardsOf(files, await json.blob.text());
  const embedded = [
    `<script type="application/json" id="model">${inScript(await json.blob.text())}</script>\n`,
    ...(await Promise.all(shards.map(embeddedShard))),
  ];
  const single = [...head(model), ...embedded, `<script>${inProgram(program)}</script>\n`, FOOT];
  const site = [...head(model), '<script src="program.js"></script>\n', FOOT];
  return [
    { path: 'classifier.html', blob: new Blob(single, { type: 'text/html' }) },
    { path: 'site/index.html', blob: new Blob(site, { type: 'text/html' }) },
    { path: 'site/program.js', blob: new Blob([program], { type: 'text/javascript' }) },
    ...[json, ...shards].map(({ path, blob }) => ({ path: `site/${path}`, blob })),
    jsonFile('site/labels.json', model.classes),
    textFile('README.md', readme(model)),
  ];
}

/** Those that the model's JSON names, in its order. */
function shardsOf(files: readonly ExportedFile[], json: string): ExportedFile[] {
  const { weightsManifest } = JSON.parse(json) as { weightsManifest: readonly { paths: readonly string[] }[] };
  return weightsManifest.flatMap(({ paths }) => paths.map((path) => files.find((file) => file.path === path)!));
}

async function embeddedShard({ path, blob }: ExportedFile): Promise<string> {
  return `<script type="text/plain" data-shard="${path}">${base64(new Uint8Array(await blob.arrayBuffer()))}</script>\n`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));

function base64(bytes: Uint8Array): string {
  const out = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill('='.charCodeAt(0));
  for (let i = 0, o = 0; i < bytes.length; i += 3, o += 4) {
    const a = bytes[i]!;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    out[o] = CODES[a >> 2]!;
    out[o + 1] = CODES[((a & 3) << 4) | (b >> 4)]!;
    if (i + 1 < bytes.length) out[o + 2] = CODES[((b & 15) << 2) | (c >> 6)]!;
    if (i + 2 < bytes.length) out[o + 3] = CODES[c & 63]!;
  }
  return new TextDecoder().decode(out);
}

/** JSON that cannot end the element that it is in. */
const inScript = (json: string): string => json.replaceAll('<', '\\u003c');
/** In strings and regular expressions, where alone such text stands in a program, this is the same. */
const inProgram = (code: string): string => code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
const inHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Nothing is asked of any other computer, and the browser sees to it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  "style-src 'unsafe-inline'",
  'img-src blob: data:',
  "connect-src 'self' data:",
].join('; ');

function head(model: ExportedModel): string[] {
  const { arch, classes, view, metadata } = model;
  const title = `${classes.slice(0, 3).join(', ')}${classes.length > 3 ? ' …' : ''}?`;
  const { temperature, respectExif } = model;
  const about: PageAbout = { classes, view, respectExif, temperature };
  return [
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="generator" content="FixRes Studio">
<title>${inHtml(title)}</title>
<style>
${style}</style>
<main>
<h1>${inHtml(title)}</h1>
<p>A ${inHtml(labelOf(arch))} that tells ${classes.length} classes apart. Drop a photo anywhere, paste one, or choose some.</p>
<p><label>Photos <input id="file" type="file" accept="image/*" multiple disabled></label></p>
<p><output id="status">Opening the network …</output></p>
<ul id="cards"></ul>
<details><summary>The classes</summary><ol>${classes.map((name) => `<li>${inHtml(name)}</li>`).join('')}</ol></details>
</main>
<footer>
<p>${inHtml(provenance(model))}</p>
<p>Photos stay on this computer: the page asks nothing of the network. Made with FixRes Studio; runs on TensorFlow.js (Apache-2.0).</p>
</footer>
<script type="application/json" id="about">${inScript(JSON.stringify({ ...about, metadata }))}</script>
`,
  ];
}

const FOOT = '</html>\n';

/** How good it is, on what, and under which terms. */
function provenance({ view, measured, metadata }: ExportedModel): string {
  const best = measured.find(({ crop, resize }) => crop === view.crop && resize === view.resize);
  const accuracy = best
    ? `${inPercent(best.accuracy)} % right of ${best.count} photos`
    : 'its accuracy was not measured';
  return `Photos are looked at with ${view.crop} px: ${accuracy}${metadata['dataset'] ? ` (${metadata['dataset']})` : ''}. ${
    metadata['license']
      ? `Licence of the weights: ${metadata['license']}.`
      : 'Nobody has said under which licence the weights are.'
  }`;
}

function readme(model: ExportedModel): string {
  return `# A classifier to give away

\`classifier.html\` is all of it: it opens from the disk, without a network, in a browser of today. \`site/\` is the same for a
web server (any that hands out files): its weights are files of their own, which browsers keep.

${provenance(model)} Photos are made ready as the studio does it, by its own code:
${JSON.stringify(preprocessingOf(model))}.
`;
}
