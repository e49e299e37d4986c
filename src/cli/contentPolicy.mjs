/**
 * What the page may run and whom it may ask: itself alone. A host that sends no headers finds the policy in the page; `npm start`
 * sends it with every file, so that workers have one, too, and lets the Hub's hosts be asked by workers alone, one of which does.
 */

const HUB = 'https://huggingface.co https://*.huggingface.co https://*.hf.co';

/** @param {string} asked What connections may go to. */
const policy = (asked) =>
  [
    "default-src 'none'",
    // WebAssembly is compiled, no text is run.
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    // Mantine and Recharts write styles as they draw.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self' data:",
    `connect-src 'self' blob: data:${asked}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

const PAGE = policy('');
const WORKERS = policy(` ${HUB}`);

/** @returns {import('vite').Plugin} */
export function contentPolicy() {
  return {
    name: 'content-policy',
    apply: ({ mode }, { command, isPreview }) => mode === 'production' && (command === 'build' || isPreview === true),
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const isPart = request.url?.includes('/assets/') === true;
        response.setHeader('Content-Security-Policy', isPart ? WORKERS : `${PAGE}; frame-ancestors 'none'`);
        next();
      });
    },
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE }, injectTo: 'head-prepend' },
    ],
  };
}
