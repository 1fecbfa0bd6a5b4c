import { createServer, createServerModuleRunner } from 'vite';

const server = await createServer({ server: { middlewareMode: true, ws: false, watch: null }, appType: 'custom', logLevel: 'error', optimizeDeps: { noDiscovery: true } });
const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
const { finished } = await runner.import('/src/main.ts');
await finished;
await runner.close();
await server.close();
