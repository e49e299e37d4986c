import { expect, test } from 'vitest';
import { filesInPage } from '../../hosts/browser/runtimes/pageFiles';
import { byPath, exportedModel } from '../../testing/exported';
import { page } from './page';
import { EXPORTERS } from './registry';

/** As hostile as a folder's name may be. */
const CLASSES = ['</script><script>alert(1)</script>', '<!-- & "', "b'", 'd', 'e'];
const PROGRAM = 'const s = "</script>"; run(s)';

test('a page holds the very model of the TensorFlow.js export, and its site the same in files', async () => {
  const model = exportedModel('tiny18', { classes: CLASSES });
  const files = byPath(await page(model, PROGRAM));
  const inPage = await filesInPage(files.get('classifier.html')!);
  const exported = byPath(EXPORTERS.tfjs(model));
  const bytes = async (blob: Blob | undefined) => Buffer.from(await blob!.arrayBuffer());
  const paths = [...inPage.keys()];
  expect(paths).toEqual(['model.json', 'input-shard1of1.bin', 'group1-shard1of1.bin']);
  for (const path of paths) {
    const expected = await bytes(exported.get(path));
    if (path !== 'model.json') expect((await bytes(inPage.get(path))).equals(expected), path).toBe(true);
    expect((await bytes(files.get(`site/${path}`))).equals(expected), path).toBe(true);
  }
  expect(JSON.parse(await inPage.get('model.json')!.text())).toEqual(
    JSON.parse(await exported.get('model.json')!.text()),
  );
});

test('what classes are called cannot end an element, nor begin a script', async () => {
  const files = byPath(await page(exportedModel('tiny18', { classes: CLASSES, temperature: 1.5 }), PROGRAM));
  for (const path of ['classifier.html', 'site/index.html']) {
    const html = await files.get(path)!.text();
    const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    const ends = html.match(/<\/script>/g) ?? [];
    expect(scripts).toHaveLength(ends.length);
    expect(scripts.filter((tag) => !tag.includes('type='))).toHaveLength(1);
    expect(html).not.toContain('<!--');
    const about = /id="about">([^<]*)<\/script>/.exec(html)![1]!;
    expect(JSON.parse(about)).toMatchObject({ classes: CLASSES, temperature: 1.5 });
  }
});

test('the page says what it is, how good, and under which terms', async () => {
  const measured = [{ resize: 80, crop: 64, accuracy: 0.875, count: 40 }];
  const text = async (changes: object) =>
    byPath(await page(exportedModel('tiny18', changes), PROGRAM))
      .get('site/index.html')!
      .text();
  expect(await text({ measured })).toContain('87.5 % right of 40 photos. Licence of the weights: apache-2.0.');
  expect(await text({ metadata: {} })).toContain('its accuracy was not measured. Nobody has said under which licence');
});
