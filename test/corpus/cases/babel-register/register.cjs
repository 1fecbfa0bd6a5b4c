// As @babel/register does: transforms files as they are required, keeps their maps, and maps stacks by them.
const { readFileSync } = require('node:fs');
const { Module } = require('node:module');
const babel = require('@babel/core');
const { SourceMap } = Module;

const maps = new Map();
const load = Module._extensions['.js'];
Module._extensions['.js'] = (module, filename) => {
  if (filename.includes('node_modules')) return load(module, filename);
  const { code, map } = babel.transformSync(readFileSync(filename, 'utf8'), {
    filename, babelrc: false, configFile: false, sourceMaps: true,
    presets: [[require.resolve('@babel/preset-env'), { targets: { node: '6' }, modules: 'commonjs' }]],
  });
  maps.set(filename, new SourceMap(map));
  return module._compile(code, filename);
};
Error.prepareStackTrace = (error, sites) =>
  [String(error), ...sites.map((site) => {
    const entry = maps.get(site.getFileName())?.findEntry(site.getLineNumber() - 1, site.getColumnNumber() - 1);
    const raw = `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
    return `    at ${String(site).replace(raw, entry === undefined ? raw : `${site.getFileName()}:${entry.originalLine + 1}:${entry.originalColumn + 1}`)}`;
  })].join('\n');
