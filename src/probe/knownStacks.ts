/** A frame of the program's own code, by what tells it from every other: its script and V8's position in it. */
interface Step<T> {
  readonly script: string;
  readonly position: number;
  readonly node: Node<T>;
}

/** A stack of the program's own frames, innermost first, of which others are the beginning. */
interface Node<T> {
  /** Nearly all have one, and the last one gone is most often gone again. */
  step: Step<T> | undefined;
  others: Map<string, Map<number, Step<T>>> | undefined;
  /** What was made of this very stack, by how its innermost function was called. */
  readonly made: Made<T>[];
}

interface Made<T> {
  readonly call: Call;
  readonly value: T;
}

/** What V8's name of a frame's function depends on but the place: a method's receiver may be of another class each time. */
interface Call {
  readonly line: number | null;
  readonly type: string | null;
  readonly name: string | null;
  readonly method: string | null;
  readonly isToplevel: boolean;
}

/** A program that makes its spans in ever new ways must not fill the memory. */
const maxNodes = 20_000;
const maxMade = 16;

/**
 * What was made of stacks, which a program has few of. V8's text of a frame, its line and its column cost more than all else that is done with it; of a
 * stack that is known, only its scripts and positions are asked.
 */
export class KnownStacks<T> {
  #root: Node<T> = newNode();
  #count = 0;

  /** Begins at the innermost frame of a stack. */
  get start(): Node<T> {
    return this.#root;
  }

  /** One frame further out. */
  next(node: Node<T>, script: string, position: number): Node<T> {
    const { step } = node;
    return step !== undefined && step.position === position && step.script === script ? step.node : this.#other(node, script, position);
  }

  /** What was made of the stack that ends at `node` and whose innermost frame is `first`, or what `make` makes of it now. */
  made(node: Node<T>, first: NodeJS.CallSite, make: () => T): T {
    const call = callOf(first);
    for (const { call: known, value } of node.made) {
      if (known.name === call.name && known.type === call.type && known.line === call.line && known.isToplevel === call.isToplevel && known.method === call.method) return value;
    }
    const value = make();
    if (node.made.length >= maxMade) node.made.length = 0;
    node.made.push({ call, value });
    return value;
  }

  #other(node: Node<T>, script: string, position: number): Node<T> {
    node.others ??= new Map();
    let ofScript = node.others.get(script);
    if (ofScript === undefined) node.others.set(script, (ofScript = new Map()));
    let step = ofScript.get(position);
    if (step === undefined) {
      if (this.#count++ >= maxNodes) {
        this.#count = 0;
        this.#root = newNode();
      }
      ofScript.set(position, (step = { script, position, node: newNode() }));
    }
    return (node.step = step).node;
  }
}

function newNode<T>(): Node<T> {
  return { step: undefined, others: undefined, made: [] };
}

function callOf(site: NodeJS.CallSite): Call {
  const name = site.getFunctionName();
  return {
    // Text that was replaced by other text under the same name rarely has this line at this position.
    line: site.getLineNumber(),
    type: site.getTypeName(),
    name,
    // Of the function itself, where it has no name.
    method: name === null || name === '' ? site.getMethodName() : null,
    isToplevel: site.isToplevel(),
  };
}
