const { work } = require('./lib/library.cjs');

work('outer').then(([, isActive]) => console.log(typeof isActive));
