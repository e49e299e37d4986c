/**
 * The terms of the packages whose code is in what is built: `licences.txt` beside the page, and at the head of programs that are
 * given away. A build with a package of other terms than these fails.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

/** That Apache-2.0 goes with, and that ask no more than to be named. */
const PERMISSIVE = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT']);
const TERMS_FILE = /^(licen[cs]e|notice|copying)/i;
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions: The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Folders of packages, of the page and of its workers, whose builds end before the page's does. @type {Set<string>} */
const ofThePage = new Set();

/** For the page and its workers. @returns {import('vite').Plugin} */
export function licences() {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const folder of packagesIn(bundle)) ofThePage.add(folder);
        if (!Object.keys(bundle).includes('index.html')) return;
        this.emitFile({ type: 'asset', fileName: 'licences.txt', source: termsOf(ofThePage) });
      },
    },
  };
}

/**
 * @param {Record<string, import('vite').Rolldown.OutputAsset | import('vite').Rolldown.OutputChunk>} bundle
 * @returns {string[]} Folders of the packages that it has code of.
 */
export function packagesIn(bundle) {
  const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  return [...new Set(modules.flatMap((id) => packageOf(id) ?? []))];
}

/** @param {string} id Of a module. */
function packageOf(id) {
  const file = id.replace(/^\0/, '').replace(/\?.*$/, '');
  const at = file.lastIndexOf('/node_modules/');
  if (at < 0 || !path.isAbsolute(file)) return null;
  const [scope, name] = file.slice(at + '/node_modules/'.length).split('/');
  return path.join(file.slice(0, at), 'node_modules', scope?.startsWith('@') ? `${scope}/${name}` : (scope ?? ''));
}

/**
 * @param {Iterable<string>} folders Of packages.
 * @returns {string} Their names, versions, licences and terms, by name.
 */
export function termsOf(folders) {
  const packages = [...folders].map((folder) => {
    const { name, version, license, author, repository } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    const terms = String(license ?? '');
    if (!partsOf(terms).every((part) => PERMISSIVE.has(part)))
      throw new Error(`${name} ${version} is under "${terms}", which a page under Apache-2.0 cannot simply contain`);
    return { name: `${name} ${version} (${terms})`, text: textIn(folder) ?? usual(terms, { author, repository }) };
  });
  packages.sort((a, b) => a.name.localeCompare(b.name));
  const texts = new Set(packages.map(({ text }) => text));
  return [...texts]
    .map((text) => [...packages.filter((one) => one.text === text).map(({ name }) => name), '', text.trim()].join('\n'))
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** @param {string} terms As package.json says them: "Apache-2.0 AND MIT". */
const partsOf = (terms) => terms.replace(/[()]/g, '').split(/ (?:AND|OR) /);

/** @param {string} folder */
function textIn(folder) {
  const files = readdirSync(folder).filter((name) => TERMS_FILE.test(name) && !/\.(js|json|ts)$/.test(name));
  const texts = files.sort().map((name) => readFileSync(path.join(folder, name), 'utf8').trim());
  return texts.length > 0 ? texts.join('\n\n') : null;
}

/**
 * Of a package that comes without its terms' text.
 * @param {string} terms
 * @param {{ author?: string | { name: string }, repository?: string | { url: string } }} by
 */
function usual(terms, { author, repository }) {
  const name = typeof author === 'string' ? author : author?.name;
  const from = typeof repository === 'string' ? repository : repository?.url;
  const whose = [name && `Copyright ${name}`, from].filter(Boolean).join('\n');
  const texts = partsOf(terms).map((part) => {
    if (part === 'MIT') return MIT;
    if (part === 'Apache-2.0') return readFileSync(path.join(ROOT, 'LICENSE'), 'utf8');
    throw new Error(`A package under ${terms} has no text of its terms with it: ${from ?? name ?? ''}`);
  });
  return [whose, ...texts].join('\n\n');
}
