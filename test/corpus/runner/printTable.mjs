/**
 * Prints a table of the cases and a line for every span that is not right.
 * @param {Awaited<ReturnType<typeof import('./runCorpus.mjs').runCorpus>>} outcome
 * @param {{ steps: boolean }} options
 */
export function printTable({ ok, totals, languages, cases, rows }, { steps }) {
  const columns = ['right', 'inferredRight', 'silent', 'wrong', 'knownWrong', 'missing', 'seconds'];
  const width = Math.max(...cases.map((each) => each.case.length), 5);
  const line = (name, values) => console.log(`${name.padEnd(width)}  ${values.map((value, i) => String(value).padStart(columns[i].length)).join('  ')}`);
  line('case', columns);
  for (const each of cases) line(each.case, columns.map((column) => each[column]));
  for (const each of languages) line(`${each.language}, all`, columns.map((column) => each[column] ?? ''));
  line('total', columns.map((column) => totals[column] ?? ''));
  for (const { case: name, error } of cases) if (error !== undefined) console.log(`\nFAILED ${name}: ${error}`);
  for (const row of rows) {
    if (row.verdict === 'right' || row.verdict === 'inferredRight' || (row.isExpected && !steps)) continue;
    console.log(`\n${row.isExpected ? '' : 'FAILED '}${row.case}: ${row.span}${row.kind === 'exception' ? ', its exception,' : ''} is ${row.verdict}; made at ${row.expected === undefined ? 'no place of the workspace' : place(row.expected)}${row.got === undefined ? '' : `, located at ${place(row.got)} (${row.via})`}\n  ${row.reason}`);
    if (steps) for (const { rule, input, result } of row.steps) console.log(`    ${rule}: ${input} → ${result}`);
  }
  console.log(`\n${(totals.rightShare * 100).toFixed(2)} % of ${totals.withSite} spans with a place are right, ${totals.wrong} wrong, ${totals.knownWrong} known to be wrong, ${totals.silent} silent: ${ok ? 'good' : 'NOT GOOD'}`);
}

function place({ file, line, function: name }) {
  return `${file}:${line}${name === undefined ? '' : ` in ${name}`}`;
}
