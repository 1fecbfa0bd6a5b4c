import { createServer } from 'vite';

const server = await createServer({ server: { middlewareMode: true, ws: false, watch: null }, appType: 'custom', logLevel: 'error', optimizeDeps: { noDiscovery: true } });
const { finished } = await server.ssrLoadModule('/src/main.ts');
await finished;
await server.close();
