import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import type * as Loaded from './program';

type Program = typeof Loaded.program;

/** What `npm run build` (scripts/build-program.mjs) writes beside the compiled sources: the program, the code that V8 has made of it, and where its lines come from. */
const built = path.join(__dirname, '..', 'program');
const file = path.join(built, 'program.js');
const compiledFile = path.join(built, 'program.v8');
const linesFile = path.join(built, 'program.lines.json');

/** program.js begins with a comment that holds a hash of it in this many hexadecimal digits; the compiled code begins with the same digits. V8 itself only compares lengths. */
const TAG = 64;

/** The program in stack traces: compiled code keeps the name it was compiled with, wherever it lies now. */
const NAME = 'program.js';

/** The program, not yet run. */
function open(): { script: vm.Script; tag: string; isCompiled: boolean } {
  const code = fs.readFileSync(file, 'latin1'); // nothing but ASCII: a byte a character, and outside the heap
  const tag = code.slice(2, 2 + TAG);
  const kept = fs.existsSync(compiledFile) ? fs.readFileSync(compiledFile) : undefined;
  const cachedData = kept?.toString('latin1', 0, TAG) === tag ? kept.subarray(TAG) : undefined;
  const script = new vm.Script(code, {
    filename: NAME,
    ...(cachedData && { cachedData }),
  });
  return { script, tag, isCompiled: cachedData !== undefined && script.cachedDataRejected !== true };
}

function run(script: vm.Script): Program {
  const module = { exports: {} };
  const body = script.runInThisContext() as (exports: object, require: NodeJS.Require, module: object, folder: string) => void;
  body(module.exports, createRequire(file), module, built);
  return (module.exports as typeof Loaded).program;
}

interface Lines {
  sources: string[];
  /** for each line of the program, as 32 bits in base64: the number of its source in the upper 12, its line there in the lower 20 */
  lines: string;
}

/** Stack traces name sources and their lines; the table is read when the first one is asked for. */
function nameSources(): void {
  let table: { sources: string[]; at: Buffer } | undefined;
  const sourceOf = (line: number): string => {
    if (!table) {
      const { sources, lines } = JSON.parse(fs.readFileSync(linesFile, 'utf8')) as Lines;
      table = { sources, at: Buffer.from(lines, 'base64') };
    }
    const entry = table.at.readUInt32LE(4 * (line - 1));
    return `${table.sources[entry >>> 20] ?? NAME}:${entry & 0xf_ff_ff}`;
  };
  const place = (site: NodeJS.CallSite): string => {
    const [text, line] = [(site as { toString: () => string }).toString(), site.getLineNumber()];
    return site.getFileName() === NAME && line !== null ? text.replace(`${NAME}:${line}`, sourceOf(line)) : text;
  };
  Error.prepareStackTrace = (error, stack) => [String(error), ...stack.map((site) => `    at ${place(site)}`)].join('\n');
}

/** Node 20 has no `navigator`, later ones have. pg asks it where it runs, and where there is none makes an answer of `fetch`, for which all of that is loaded: 22 ms. */
function nameNode(): void {
  if (!('navigator' in globalThis))
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: `Node.js/${process.versions.node.split('.')[0]}` } });
}

/**
 * M14: the site as one file, and compiled: a third of the processor time that its 1,500 modules take. V8 refuses what another version of Node has compiled, or one with other flags (`NODE_OPTIONS`): then it
 * compiles anew, and the process says so. Where nothing is built (tests, `npm run dev`) the sources are loaded one by one.
 */
export function loadProgram(): Program {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it always
  if (!fs.existsSync(file)) return (require('./program') as typeof Loaded).program;
  const { script, isCompiled } = open();
  if (!isCompiled) process.emitWarning(`${compiledFile} is of another Node or other NODE_OPTIONS: starting takes longer`);
  nameSources();
  nameNode();
  return run(script);
}

/** For the build: compiles the program, and what it runs when it is loaded. */
export async function compileProgram(): Promise<void> {
  fs.rmSync(compiledFile, { force: true });
  const { script, tag } = open();
  await run(script).load();
  fs.writeFileSync(`${compiledFile}.new`, Buffer.concat([Buffer.from(tag, 'latin1'), script.createCachedData()]));
  fs.renameSync(`${compiledFile}.new`, compiledFile);
  process.exit(0); // what it has opened is of no use here
}
