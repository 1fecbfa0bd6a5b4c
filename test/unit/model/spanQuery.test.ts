import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareNumbers, compareText, parseDurationNs, parseSpanQuery } from '../../../src/model/spanQuery.ts';

const terms = (text: string): string[] =>
  parseSpanQuery(text).terms.map((term) => `${term.negated ? '-' : ''}${term.kind === 'text' ? `"${term.text}"` : `${term.field} ${term.operator} ${term.value}`}`);

describe('parseSpanQuery', () => {
  it('reads comparisons, words and quoted texts', () => {
    assert.deepEqual(terms('service=orders duration>50ms http.status_code>=500 "time out" Slow'), ['service = orders', 'duration > 50ms', 'http.status_code >= 500', '"time out"', '"slow"']);
    assert.deepEqual(terms('-name~health kind!=client -"a b" db.query.text="SELECT \\"x\\" \\\\ "'), ['-name ~ health', 'kind != client', '-"a b"', 'db.query.text = SELECT "x" \\ ']);
  });

  it('keeps an attribute key as written, and knows its own fields in any case', () => {
    assert.deepEqual(terms('Service=a Http.Route=b'), ['service = a', 'Http.Route = b']);
  });

  it('takes a value with operators in it whole', () => {
    assert.deepEqual(terms('url.full=http://a/?b=c&d>e'), ['url.full = http://a/?b=c&d>e']);
  });

  it('takes what is being typed as far as it goes', () => {
    assert.deepEqual(parseSpanQuery('duration>'), { terms: [], problem: 'duration> needs a value' });
    assert.deepEqual(terms('"time o'), ['"time o"']);
    assert.deepEqual(terms('- '), ['"-"']);
    assert.deepEqual(terms('>5 ='), ['">5"', '"="']);
    assert.deepEqual(terms('""'), []);
    assert.deepEqual(terms('   '), []);
  });

  it('says what a duration looks like', () => {
    assert.match(parseSpanQuery('duration>fast name=a').problem ?? '', /duration>50ms/);
    assert.deepEqual(terms('duration>fast name=a'), ['name = a']);
    assert.match(parseSpanQuery('self~5ms').problem ?? '', /self>50ms/);
  });

  it('reads any text, in a bounded number of terms', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void parseSpanQuery(text)), { numRuns: 2000 });
    assert.equal(parseSpanQuery('a '.repeat(100_000)).terms.length, 50);
  });

  it('reads back what it wrote', () => {
    const value = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(fc.property(value, (text) => assert.deepEqual(parseSpanQuery(`k="${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).terms, [{ kind: 'comparison', field: 'k', operator: '=', value: text, negated: false }])));
  });
});

describe('comparisons', () => {
  it('reads durations', () => {
    assert.deepEqual(['50ms', '1.5s', '20', '7us', '7µs', '3ns', '2m', '1h'].map(parseDurationNs), [50e6, 1.5e9, 20e6, 7e3, 7e3, 3, 120e9, 3600e9]);
    assert.deepEqual(['', 'ms', '-5ms', '5 parsecs', '1e9s', '5mss'].map(parseDurationNs), [undefined, undefined, undefined, undefined, undefined, undefined]);
  });

  it('compares numbers as numbers and texts in any case', () => {
    assert.ok(compareText('500', '>=', '499.5') && compareText('Orders', '=', 'orders') && compareText('a', '!=', 'b') && compareText('SELECT * FROM t', '~', 'from'));
    assert.ok(compareText('200', '=', '200.0') && !compareText('abc', '>', 'abb') && !compareText('9', '>', '10'));
    assert.ok(!compareNumbers(1, '~', 1) && compareNumbers(1, '<=', 1) && !compareNumbers(1, '<', 1) && compareNumbers(2, '!=', 1));
  });
});
