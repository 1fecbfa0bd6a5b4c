// Recorded by running a program built by rustc 1.95, except where a test says "documented".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRustStack } from '../../../src/locate/stack/rust.ts';
import { shown } from './stackSupport.ts';

test('a backtrace as it displays itself', () => {
  assert.deepEqual(
    shown(
      parseRustStack(`   0: main::dump
             at ./main.rs:8:31
   1: <main::cart::Cart as main::cart::Total>::total::{{closure}}
             at ./main.rs:5:74
   2: core::iter::traits::iterator::Iterator::fold
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/iter/traits/iterator.rs:2647:21
  16: std::rt::lang_start_internal::{closure#0}
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/rt.rs:175:24
  22: main
  23: __libc_start_call_main
             at ./csu/../sysdeps/nptl/libc_start_call_main.h:58:16
  25: _start
`),
    ),
    [
      'main::dump ./main.rs:8:31',
      '<main::cart::Cart as main::cart::Total>::total ./main.rs:5:74',
      'core::iter::traits::iterator::Iterator::fold /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/iter/traits/iterator.rs:2647:21',
      'std::rt::lang_start_internal /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/rt.rs:175:24',
      '__libc_start_call_main ./csu/../sysdeps/nptl/libc_start_call_main.h:58:16',
    ],
  );
});

test('a panic, with its own place first', () => {
  assert.deepEqual(
    shown(
      parseRustStack(`
thread 'main' (8377) panicked at main.rs:9:39:
index out of bounds: the len is 0 but the index is 3
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   3: main::boom
             at ./main.rs:9:39
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.
`),
    ),
    ['- main.rs:9:39', '__rustc::rust_begin_unwind /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5', 'main::boom ./main.rs:9:39'],
  );
});

test('the Debug form', () => {
  assert.deepEqual(
    shown(parseRustStack('Backtrace [{ fn: "main::dump", file: "./main.rs", line: 8 }, { fn: "main::{{closure}}", file: "C:\\\\srv\\\\main.rs", line: 13 }, { fn: "main" }, { fn: "_start" }]')),
    ['main::dump ./main.rs:8', 'main C:\\srv\\main.rs:13'],
  );
});

test('documented: hashes, inlined functions, fields of tracing-error, panics before 1.73, Windows', () => {
  assert.deepEqual(
    shown(
      parseRustStack(`thread 'main' panicked at 'no, not "so", really', src\\main.rs:3:5
   0: app::cart::price::h0123456789abcdef
             at C:\\srv\\app\\src\\cart.rs:4:9
      app::cart::total
             at C:\\srv\\app\\src\\cart.rs:9:5
   1: app::checkout
           with id=3 at /x.rs:1:2
             at src/main.rs:12
   2: app::run::{closure_env#0}
      at src/run.rs:1:2
`),
    ),
    [
      '- src\\main.rs:3:5',
      'app::cart::price C:\\srv\\app\\src\\cart.rs:4:9',
      'app::cart::total C:\\srv\\app\\src\\cart.rs:9:5',
      'app::checkout src/main.rs:12',
      'app::run src/run.rs:1:2',
    ],
  );
});
