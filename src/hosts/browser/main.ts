/** The session's worker in the browser: commands in, replies and events out. */
import { toErrorData } from '../../engine/base/errors';
import {
  type CommandMessage,
  isCommandMessage,
  type NamedFile,
  type StudioEvent,
  type WorkerMessage,
} from '../../protocol/messages';
import { Session } from '../../session/session';
import { browserHost } from './host';
import { hubCache } from './hub/hubCache';
import { HubService } from './hub/hubService';
import { lastingFile } from './sources/lastingFile';

const lasting = ({ path, file }: NamedFile): NamedFile => ({ path, file: lastingFile(file) });
const post = (message: WorkerMessage) => postMessage(message);
const emit = (event: StudioEvent) => post({ kind: 'event', event });
const session = new Session(browserHost, emit);
const hub = new HubService(emit);

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (isCommandMessage(data)) void answer(data);
});

async function answer(message: CommandMessage): Promise<void> {
  const { id } = message;
  try {
    post({ kind: 'reply', id, ok: true, result: await handle(message) });
  } catch (thrown) {
    post({ kind: 'reply', id, ok: false, error: toErrorData(thrown) });
  }
}

function handle(message: CommandMessage): Promise<unknown> {
  switch (message.kind) {
    case 'connect':
      return session.connect();
    case 'openDirectory':
      return session.openDirectory(message.ask);
    case 'openFiles':
      return session.openFiles({ ...message.ask, files: message.ask.files.map(lasting) });
    case 'understand':
      return session.understand(message.ask);
    case 'openSample':
      return session.openSample(message.ask);
    case 'photo':
      return session.room.photo(message.ask);
    case 'photoColumns':
      return session.room.photoColumns();
    case 'checkPhotos':
      return session.room.checkPhotos();
    case 'stopChecking':
      return session.room.stopChecking();
    case 'comparePhotos':
      return session.room.similarity.comparePhotos(message.ask);
    case 'mapPhotos':
      return session.room.similarity.mapPhotos(message.ask);
    case 'stopMapping':
      return session.room.similarity.stopMapping();
    case 'similarPhotos':
      return session.room.similarity.similarPhotos(message.ask);
    case 'editPhotos':
      return session.editPhotos(message.ask);
    case 'photoMaps':
      return session.room.photoMaps(message.ask);
    case 'photoDetail':
      return session.room.photoDetail(message.ask);
    case 'seenPhotos':
      return session.room.seenPhotos(message.ask);
    case 'views':
      return session.views(message.ask);
    case 'apparentAccuracy':
      return session.apparentAccuracy();
    case 'apparentSizes':
      return session.apparentSizes(message.ask);
    case 'copies':
      return session.copies(message.ask);
    case 'clearCopies':
      return session.clearCopies();
    case 'answers':
      return session.answers();
    case 'plan':
      return session.plan(message.ask);
    case 'start':
      return session.start(message.ask);
    case 'planQueue':
      return session.planQueue(message.ask);
    case 'enqueue':
      return session.enqueue(message.ask);
    case 'arrangeQueue':
      return session.arrangeQueue(message.ask);
    case 'runQueue':
      return session.runQueue(message.ask);
    case 'pause':
      return session.pause();
    case 'resume':
      return session.resume();
    case 'stop':
      return session.stop();
    case 'projects':
      return session.projects();
    case 'deleteProject':
      return session.deleteProject(message.ask);
    case 'keepAgain':
      return session.keepAgain(message.ask);
    case 'renameProject':
      return session.renameProject(message.ask);
    case 'salvage':
      return session.salvage(message.ask);
    case 'goOn':
      return session.goOn(message.ask);
    case 'save':
      return session.save();
    case 'benchmark':
      return session.benchmark(message.ask);
    case 'forgetChoices':
      return session.forgetChoices();
    case 'importWeights':
      return session.importWeights(message.ask);
    case 'closeWeights':
      return session.closeWeights();
    case 'lookUp':
      return hub.lookUp(message.ask);
    case 'download':
      return hub.download(message.ask);
    case 'stopDownload':
      return hub.stopDownload();
    case 'shelf':
      return hub.shelf();
    case 'openShelved':
      return session.openWeights(() => hubCache.open(message.ask.id), message.ask.id);
    case 'removeShelved':
      return hub.removeShelved(message.ask);
    case 'tryFiles':
      return session.trials.tryFiles(message.ask);
    case 'tryDirectory':
      return session.trials.tryDirectory(message.ask);
    case 'stopTrying':
      return session.trials.stopTrying();
    case 'triedPhoto':
      return session.trials.triedPhoto(message.ask);
    case 'exportTried':
      return session.trials.exportTried(message.ask);
    case 'checkGpu':
      return session.checkGpu();
    case 'trainElsewhere':
      return session.trainElsewhere(message.ask);
    case 'importResults':
      return session.importResults(message.ask);
    case 'exportFile':
      return session.exportFile(message.ask);
    case 'exportModel':
      return session.exportModel(message.ask);
    default:
      return message satisfies never;
  }
}
