// Plays VS Code in a plain page: bundled by waterfallPage.mjs and loaded before the webview's own script. What the webview asks goes to the
// page's server; what only a browser can do is done here.
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';

const memory = `traceline ${location.search}`;
const socket = new WebSocket(`ws://${location.host}/host${location.search}`);
socket.binaryType = 'arraybuffer';
const waiting = [];
socket.addEventListener('open', () => waiting.splice(0).forEach((frame) => socket.send(frame)));
socket.addEventListener('message', ({ data }) => tell(decodeFrame(typeof data === 'string' ? data : new Uint8Array(data))));
socket.addEventListener('close', () => (document.title = 'Trace (the page’s server has ended)'));

const here = {
  copy: ({ text }) => navigator.clipboard.writeText(text),
  openTrace: ({ traceId, spanId }) => location.assign(`/?${new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(location.search)), trace: traceId, span: spanId })}`),
};

window.acquireVsCodeApi = () => ({
  postMessage(message) {
    const { id, method, params } = message;
    if (Object.hasOwn(here, method)) {
      Promise.resolve(here[method](params)).then(() => tell({ id }), (error) => tell({ id, error: String(error) }));
      return;
    }
    const frame = encodeFrame(message);
    if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    else waiting.push(frame);
  },
  getState: () => JSON.parse(sessionStorage.getItem(memory) ?? 'null') ?? undefined,
  setState: (state) => sessionStorage.setItem(memory, JSON.stringify(state)),
});

function tell(message) {
  // Not posted, which would copy every column once more.
  window.dispatchEvent(new MessageEvent('message', { data: message }));
}
