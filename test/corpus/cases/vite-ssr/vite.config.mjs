export default { build: { ssr: 'src/main.ts', outDir: 'dist/server', sourcemap: true, target: 'node22' } };
