/**
 * Reads Python's pickles without running any of them: the opcodes that data take, and calls of the few functions that the
 * caller knows. Objects of other classes, which training programs keep beside their tensors, become placeholders that do
 * nothing; what reaches for the system is refused by name. Format: Python's Lib/pickletools.py, protocols 0 to 5.
 */
import { StudioError } from '../base/errors';

/** Lists and tuples are arrays, dictionaries maps. */
export type Pickled = null | boolean | number | string | readonly Pickled[] | Map<Pickled, Pickled> | object;

export interface PickleHooks {
  /** The functions and classes that may be named, by module and name; they are called for `REDUCE`. */
  globals: Readonly<Record<string, (args: readonly Pickled[]) => Pickled>>;
  /** What a persistent id stands for. */
  persistent: (id: Pickled) => Pickled;
}

class Global {
  constructor(
    readonly name: string,
    readonly call: (args: readonly Pickled[]) => Pickled,
  ) {}
}

/** Name of a function or class that was pickled by name. */
export function globalName(value: Pickled): string | null {
  return value instanceof Global ? value.name : null;
}

/** An object of a class that is not known: its attributes and items, as data. */
export class Placeholder {
  /** What `__setstate__` or `__dict__` would have been given. */
  state: Pickled = null;
  readonly items = new Map<Pickled, Pickled>();

  constructor(readonly name: string) {}
}

/** Modules that no checkpoint needs and that mean ill in one. */
const DANGEROUS =
  /^(os|posix|nt|subprocess|sys|shutil|socket|runpy|pty|ctypes|importlib|code|codeop|commands|webbrowser|pickle|_pickle|marshal|multiprocessing|asyncio|signal|tempfile|urllib|http|requests|pdb|timeit|platform|pip|setuptools)(\.|$)|^(builtins|__builtin__)\.(eval|exec|execfile|compile|open|input|__import__|getattr|setattr|delattr|globals|locals|vars|breakpoint|apply|map|filter)$/;
const MOST_NAME_CHARACTERS = 200;

const MARK = Symbol('mark');
/** What of an unknown name an error shows. */
const SHOWN_CHARACTERS = 80;

/** @throws StudioError `bad-weights` at a function that is not known, an opcode that data do not need, or a file cut off. */
export function readPickle(bytes: Uint8Array<ArrayBuffer>, hooks: PickleHooks): Pickled {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: (Pickled | typeof MARK)[] = [];
  const memo = new Map<number, Pickled>();
  let at = 0;

  const take = (length: number): number => {
    const from = at;
    if (length < 0 || from + length > bytes.byteLength) throw broken(`The pickle is cut off at byte ${from}`);
    at += length;
    return from;
  };
  const text = (length: number) => {
    const from = take(length);
    return new TextDecoder().decode(bytes.subarray(from, from + length));
  };
  const line = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw broken(`The pickle is cut off at byte ${at}`);
    const read = text(end - at);
    at++;
    return read;
  };
  const pop = (): Pickled => {
    const value = stack.pop();
    if (value === undefined || value === MARK) throw broken(`The pickle takes what is not there, before byte ${at}`);
    return value;
  };
  const popToMark = (): Pickled[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw broken(`The pickle has no mark before byte ${at}`);
    return stack.splice(mark).slice(1) as Pickled[];
  };
  const top = (): Pickled => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const remembered = (index: number): Pickled => {
    const value = memo.get(index);
    if (value === undefined) throw broken(`The pickle asks for what it has not remembered, before byte ${at}`);
    return value;
  };
  const setItems = (items: readonly Pickled[]) => {
    const target = top();
    if (target instanceof Placeholder) {
      for (let i = 0; i + 1 < items.length; i += 2) target.items.set(items[i]!, items[i + 1]!);
      return;
    }
    if (!(target instanceof Map) || items.length % 2)
      throw broken(`The pickle fills what is no dictionary, before byte ${at}`);
    for (let i = 0; i < items.length; i += 2) {
      if (target.has(items[i]!)) throw broken(`The pickle fills a dictionary’s place twice, before byte ${at}`);
      target.set(items[i]!, items[i + 1]!);
    }
  };
  const append = (items: readonly Pickled[]) => {
    const target = top();
    if (target instanceof Placeholder) return;
    if (!Array.isArray(target)) throw broken(`The pickle fills what is no list, before byte ${at}`);
    for (const item of items) target.push(item);
  };
  const named = (name: string) => {
    const call = Object.hasOwn(hooks.globals, name) ? hooks.globals[name] : undefined;
    if (call) return new Global(name, call);
    if (DANGEROUS.test(name) || name.length > MOST_NAME_CHARACTERS)
      throw broken(`The pickle names ${name.slice(0, SHOWN_CHARACTERS)}, which tensors do not need: it is not read`);
    return new Global(name, () => new Placeholder(name));
  };
  const build = (target: Pickled, args: Pickled) => {
    if (target instanceof Placeholder) return target;
    if (!(target instanceof Global) || !Array.isArray(args))
      throw broken(`The pickle calls what is no function, before byte ${at}`);
    return target.call(args as readonly Pickled[]);
  };
  const bytesOf = (length: number) => {
    const from = take(length);
    return bytes.slice(from, from + length);
  };
  const length64 = () => {
    const length = Number(view.getBigUint64(take(8), true));
    return Number.isSafeInteger(length) ? length : -1;
  };
  const number = (digits: string): Pickled => {
    if (digits === '01' || digits === '00') return digits === '01';
    const value = Number(digits.replace(/L$/, ''));
    if (Number.isNaN(value)) throw broken(`The pickle has no number before byte ${at}`);
    return value;
  };

  for (;;) {
    const opcode = bytes[take(1)]!;
    switch (opcode) {
      case 0x80: // PROTO
        take(1);
        break;
      case 0x95: // FRAME
        take(8);
        break;
      case 0x28: // MARK
        stack.push(MARK);
        break;
      case 0x2e: // STOP
        return pop();
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        stack.push(opcode === 0x88);
        break;
      case 0x4a: // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case 0x4b: // BININT1
        stack.push(view.getUint8(take(1)));
        break;
      case 0x4d: // BININT2
        stack.push(view.getUint16(take(2), true));
        break;
      case 0x8a: // LONG1
        stack.push(longOf(bytes, take, view.getUint8(take(1))));
        break;
      case 0x8b: // LONG4
        stack.push(longOf(bytes, take, Math.min(view.getUint32(take(4), true), 64)));
        break;
      case 0x49: // INT
      case 0x4c: // LONG
      case 0x46: // FLOAT
        stack.push(number(line()));
        break;
      case 0x53: // STRING
      case 0x56: // UNICODE
        stack.push(line().replaceAll(/^['"]|['"]$/g, ''));
        break;
      case 0x42: // BINBYTES
        stack.push(bytesOf(view.getUint32(take(4), true)));
        break;
      case 0x43: // SHORT_BINBYTES
        stack.push(bytesOf(view.getUint8(take(1))));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(bytesOf(length64()));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(text(length64()));
        break;
      case 0x30: // POP
        if (stack.pop() === undefined) throw broken(`The pickle takes what is not there, before byte ${at}`);
        break;
      case 0x31: // POP_MARK
        popToMark();
        break;
      case 0x32: // DUP
        stack.push(top());
        break;
      case 0x8f: // EMPTY_SET
        stack.push(new Placeholder('set'));
        break;
      case 0x90: // ADDITEMS
        popToMark();
        break;
      case 0x91: // FROZENSET
        popToMark();
        stack.push(new Placeholder('frozenset'));
        break;
      case 0x64: {
        // DICT
        const items = popToMark();
        stack.push(new Map());
        setItems(items);
        break;
      }
      case 0x70: // PUT
        memo.set(Number(line()), top());
        break;
      case 0x67: // GET
        stack.push(remembered(Number(line())));
        break;
      case 0x47: // BINFLOAT
        stack.push(view.getFloat64(take(8), false));
        break;
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        stack.push(text(view.getUint32(take(4), true)));
        break;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        stack.push(text(view.getUint8(take(1))));
        break;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x74: // TUPLE
      case 0x6c: // LIST
        stack.push(popToMark());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: {
        // TUPLE3
        const items = Array.from({ length: opcode - 0x84 }, pop);
        stack.push(items.toReversed());
        break;
      }
      case 0x73: {
        // SETITEM
        const [value, key] = [pop(), pop()];
        setItems([key, value]);
        break;
      }
      case 0x75: // SETITEMS
        setItems(popToMark());
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(popToMark());
        break;
      case 0x71: // BINPUT
        memo.set(view.getUint8(take(1)), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(view.getUint32(take(4), true), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x68: // BINGET
        stack.push(remembered(view.getUint8(take(1))));
        break;
      case 0x6a: // LONG_BINGET
        stack.push(remembered(view.getUint32(take(4), true)));
        break;
      case 0x63: {
        // GLOBAL
        const module = line();
        stack.push(named(`${module}.${line()}`));
        break;
      }
      case 0x93: {
        // STACK_GLOBAL
        const [name, module] = [pop(), pop()];
        if (typeof name !== 'string' || typeof module !== 'string')
          throw broken(`The pickle names no text, before byte ${at}`);
        stack.push(named(`${module}.${name}`));
        break;
      }
      case 0x51: // BINPERSID
        stack.push(hooks.persistent(pop()));
        break;
      case 0x52: {
        // REDUCE
        const [args, target] = [pop(), pop()];
        stack.push(build(target, args));
        break;
      }
      case 0x81: {
        // NEWOBJ
        const [args, target] = [pop(), pop()];
        stack.push(build(target, args));
        break;
      }
      case 0x92: {
        // NEWOBJ_EX
        const [, args, target] = [pop(), pop(), pop()];
        stack.push(build(target, args));
        break;
      }
      case 0x62: {
        // BUILD: attributes of a dictionary, such as a state dict's versions, say nothing about its tensors.
        const attributes = pop();
        const target = top();
        if (target instanceof Placeholder) target.state = attributes;
        else if (!(target instanceof Map)) throw broken(`The pickle sets attributes of an object, before byte ${at}`);
        break;
      }
      default:
        throw broken(
          `The pickle has opcode 0x${opcode.toString(16)} at byte ${at - 1}, which tensors do not need: it is not read`,
        );
    }
  }
}

/** A whole number of `length` bytes in two's complement. */
function longOf(bytes: Uint8Array, take: (length: number) => number, length: number): number {
  const from = take(length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]!);
  const number = Number(BigInt.asIntN(8 * length, value));
  if (!Number.isSafeInteger(number)) throw broken(`The pickle has a whole number beyond 2^53 at byte ${from}`);
  return number;
}

function broken(message: string): StudioError {
  return new StudioError(
    'bad-weights',
    message,
    `Save the tensors alone: python3 -c "import torch; torch.save(torch.load('OLD.pth', map_location='cpu', weights_only=False)['model'], 'NEW.pth')", with the state dict's key in place of model.`,
  );
}
