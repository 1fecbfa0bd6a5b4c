import path from 'node:path';
import webpack from 'webpack';

const compiler = webpack({
  mode: 'development',
  devtool: 'eval-cheap-module-source-map',
  target: 'node22',
  context: import.meta.dirname,
  entry: './src/main.ts',
  output: { path: path.join(import.meta.dirname, 'dist'), filename: '[name].js' },
  resolve: { extensions: ['.ts', '.js'] },
  module: { rules: [{ test: /\.ts$/, loader: 'ts-loader', options: { transpileOnly: true } }] },
});
compiler.run((error, stats) => {
  if (error ?? stats?.hasErrors()) throw error ?? new Error(stats.toString('errors-only'));
  compiler.close(() => undefined);
});
