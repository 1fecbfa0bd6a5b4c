import path from 'node:path';
import { runHub } from '../hub/main.ts';
import { commandLine, wholeNumber } from './commandLine.ts';
import { print } from './output.ts';
import { version } from './version.ts';
