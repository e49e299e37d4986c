import './ui/mantine.css';
import './ui/studio.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createStudio, type Studio } from './client/studio';
import { startWorker } from './client/workerClient';
import { App } from './ui/App';

declare global {
  interface Window {
    /** The page's own controls: the terminal and the browser tests use the very same object. */
    studio: Studio;
  }
}

window.studio = createStudio(startWorker(), new BroadcastChannel('fixres-studio'));

// Not while it is developed: what is kept would be what is edited.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // Without one the page works as long as there is a network.
  window.addEventListener('load', () => void navigator.serviceWorker.register('./offline.js').catch(() => undefined));
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App studio={window.studio} />
  </StrictMode>,
);
