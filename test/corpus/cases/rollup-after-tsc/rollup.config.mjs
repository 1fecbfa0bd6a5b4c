export default {
  input: 'lib/main.js',
  external: /^@opentelemetry\//,
  output: { file: 'dist/server.mjs', format: 'es', sourcemap: true, inlineDynamicImports: true },
};
