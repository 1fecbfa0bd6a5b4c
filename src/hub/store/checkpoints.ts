import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Of the write-ahead file: then what it holds is written where it belongs. */
const checkpointBytes = 24 * 1024 * 1024;
/** A worker that had nothing to do for so long ends. */
const idleMs = 20_000;
/** So little is left, or is new since the pass before, that whoever writes may wait for the rest: some ten milliseconds. */
const fewFrames = 160;
/** A disk that takes longer for the rest is not waited for. */
const longestPauseMs = 100;
/** From here on whoever writes waits however much is left, and longer: the file would grow as long as a burst lasts. */
const largeBytes = 2 * checkpointBytes;
const longestPauseOfLargeMs = 1000;
/** Much came each time while it was written: it is not waited for any longer that it gets less. */
const mostPasses = 4;

/** What a pass found, in frames (pages) of the write-ahead file: all that were in it, and those that are not in the database yet; -1 where it failed. */
interface Pass {
  readonly frames: number;
  readonly left: number;
}

/** Opens the database for each checkpoint alone, so that it stands in nobody's way when that is closed. */
const script = `
  const { parentPort, workerData } = require('node:worker_threads');
  process.removeAllListeners('warning');
  process.emitWarning = () => {};
  const { DatabaseSync } = require('node:sqlite');
  parentPort.on('message', () => {
    let frames = 0, left = -1;
    try {
      const db = new DatabaseSync(workerData);
      try {
        db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_autocheckpoint = 0');
        const { log, checkpointed } = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
        frames = log;
        left = log - checkpointed;
      } finally {
        db.close();
      }
    } catch {
      // Whoever writes finds out what is wrong with the file.
    }
    parentPort.postMessage({ frames, left });
  });
`;

/**
 * Writes the write-ahead file into the database on another thread: it waits for the disk, tens of milliseconds at a time, which no
 * sender should. The thread is there while much is written.
 */
export class Checkpoints {
  readonly #file: string;
  #worker: Worker | undefined;
  #isBusy = false;
  #passes = 0;
  /** Of the pass before. */
  #frames = 0;
  #bytes = 0;
  #idle: NodeJS.Timeout | undefined;
  #pause: { readonly over: Promise<void>; end(): void } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** The rest of a checkpoint is being written: the file begins anew if nothing more comes until this resolves. */
  pause(): Promise<void> | undefined {
    return this.#pause?.over;
  }

  /** About so much was written. */
  wrote(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < checkpointBytes || this.#isBusy) return;
    this.#isBusy = true;
    this.#bytes = 0;
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    this.#worker.postMessage(undefined);
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#pause?.end();
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    const worker = new Worker(script, { eval: true, workerData: this.#file, name: 'traceline checkpoints', execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 } });
    worker.unref();
    worker.on('message', (pass: Pass) => {
      if (this.#goesOn(pass)) {
        worker.postMessage(undefined);
        return;
      }
      this.#rest();
      this.#idle = setTimeout(() => this.close(), idleMs).unref();
    });
    worker.on('error', () => this.#ended(worker));
    worker.on('exit', () => this.#ended(worker));
    return worker;
  }

  /**
   * Whether there is another pass; before the last one, whoever writes is told to wait: the file begins anew only when all of it is written, and what came during
   * a pass is not in what that pass found. Each has less to write than the one before, as long as the disk is faster than what comes.
   */
  #goesOn({ frames, left }: Pass): boolean {
    if (left < 0 || this.#pause !== undefined) return false;
    const isNew = frames < this.#frames ? frames : frames - this.#frames;
    this.#frames = frames;
    const isLarge = this.#isLarge();
    const isFinal = ++this.#passes >= mostPasses;
    if (isLarge || (left < fewFrames && (isNew < fewFrames || isFinal))) {
      this.#beginPause(isLarge ? longestPauseOfLargeMs : longestPauseMs);
      return true;
    }
    // What is left after the last one somebody is still reading, or the disk is slow: it is come back to.
    return !isFinal;
  }

  #rest(): void {
    this.#pause?.end();
    this.#isBusy = false;
    this.#passes = 0;
    this.#frames = 0;
  }

  /** It is cut to less when it begins anew (journal_size_limit). */
  #isLarge(): boolean {
    return (statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > largeBytes;
  }

  #beginPause(longestMs: number): void {
    let resolve = () => {};
    const over = new Promise<void>((done) => (resolve = done));
    const timer = setTimeout(() => pause.end(), longestMs);
    const pause = {
      over,
      end: () => {
        clearTimeout(timer);
        if (this.#pause === pause) this.#pause = undefined;
        resolve();
      },
    };
    this.#pause = pause;
  }

  /** What it left undone SQLite does by itself in the end (wal_autocheckpoint). */
  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#rest();
  }
}
