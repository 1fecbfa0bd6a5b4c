import path from 'node:path';
import { rspack } from '@rspack/core';

const compiler = rspack({
  mode: 'production',
  devtool: 'source-map',
  target: 'node22',
  context: import.meta.dirname,
  entry: './src/main.ts',
  output: { path: path.join(import.meta.dirname, 'dist'), filename: '[name].js' },
  resolve: { extensions: ['.ts', '.js'] },
  module: { rules: [{ test: /\.ts$/, loader: 'builtin:swc-loader', options: { jsc: { parser: { syntax: 'typescript' } } } }] },
});
compiler.run((error, stats) => {
  if (error ?? stats?.hasErrors()) throw error ?? new Error(stats.toString('errors'));
  compiler.close(() => undefined);
});
