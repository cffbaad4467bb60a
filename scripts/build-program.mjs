// What a process of the site loads at its start, as one file and compiled (M14): dist/program. Read by src/load-program.ts.
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';

/**
 * The packages that the site loads at its start, taken into the file with what they load themselves. Every other one stays where it is installed and is loaded as always: what is
 * needed later or seldom, what has a binary or files of its own beside it, and any that is not named here.
 */
const TAKEN = [
  'compression',
  'connect-pg-simple',
  'csrf-sync',
  'csv-parse/sync',
  'csv-parse',
  'express',
  'express-session',
  'express-static-gzip',
  'graphile-worker',
  'helmet',
  'knex',
  'multer',
  'nunjucks',
  'pg',
  'pino',
  'pino-http',
  'prom-client',
  'yazl',
  'zod',
];
/** Never taken: what those packages load for databases, systems and uses that are not ours. */
const LEFT = [
  'pg-native',
  'pg-query-stream',
  'chokidar',
  'better-sqlite3',
  'sqlite3',
  'mysql',
  'mysql2',
  'mariadb',
  'oracledb',
  'tedious',
  'tsx',
  'typescript',
];

const isPackage = (name) => !/^[./]|^node:/.test(name);
const startsWith = (name, packages) => packages.some((p) => name === p || name.startsWith(`${p}/`));

/** esbuild asks what to do with each import. */
const choose = (dist) => ({
  name: 'choose',
  setup(build) {
    const isOurs = (file) => file.startsWith(dist + path.sep);
    build.onResolve({ filter: /^/ }, ({ path: name, importer, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (isPackage(name)) {
        const isTaken = isOurs(importer) ? TAKEN.includes(name) : !startsWith(name, LEFT);
        return isTaken ? undefined : { path: name, external: true };
      }
      return undefined;
    });
    // programs of threads and files beside a module are found from the module's own folder, wherever the whole tree lies
    build.onLoad({ filter: /\.c?js$/ }, ({ path: file }) => {
      const text = fs.readFileSync(file, 'utf8');
      if (!/\b__(dir|file)name\b/.test(text)) return undefined;
      const at = (there) =>
        `require('node:path').join(folderOfProgram, ${JSON.stringify(path.relative(path.join(dist, 'program'), there))})`;
      return { contents: text.replace(/\b__filename\b/g, at(file)).replace(/\b__dirname\b/g, at(path.dirname(file))) };
    });
  },
});

/** Where each line comes from, as src/load-program.ts reads it. */
function linesOf(text, map, folder, root) {
  const payload = JSON.parse(map);
  const sources = payload.sources.map((name) =>
    path.relative(root, path.resolve(folder, name)).replace(/^dist\/(?=(src|migrations|seeds)\/)/, ''),
  );
  const number = new Map(payload.sources.map((name, n) => [name, n]));
  if (sources.length >= 2 ** 12) throw new Error('too many sources for a table of lines');
  const found = new SourceMap(payload);
  const rows = text.split('\n').map((line, n) => {
    const { originalSource, originalLine } = found.findEntry(n, Math.max(0, line.search(/\S/)));
    return originalSource === undefined ? 0 : number.get(originalSource) * 2 ** 20 + originalLine + 1;
  });
  const lines = Buffer.alloc(4 * rows.length);
  rows.forEach((row, n) => lines.writeUInt32LE(row, 4 * n));
  return JSON.stringify({ sources, lines: lines.toString('base64') });
}

/** Gives the files written, relative to dist. */
export async function buildProgram(root) {
  const { build } = await import('esbuild');
  const dist = path.join(root, 'dist');
  const folder = path.join(dist, 'program');
  const outfile = path.join(folder, 'program.js');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(dist, 'src', 'program.js')],
    outfile,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // what is imported later is required later: there is no module that an import could start from
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    // a comment of the length of the tag keeps the place for it
    banner: { js: `/*${'0'.repeat(64)}*/(function (exports, require, module, folderOfProgram) {` },
    footer: { js: '})' },
    plugins: [choose(dist)],
  });
  const find = (end) => outputFiles.find((f) => f.path.endsWith(end)).text;
  // esbuild leaves the characters of regular expressions and of some comments; it is read as one byte a character
  const text = find('.js').replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`); // eslint-disable-line no-control-regex -- ASCII
  const write = (name, content) => {
    fs.writeFileSync(path.join(folder, `${name}.new`), content);
    fs.renameSync(path.join(folder, `${name}.new`), path.join(folder, name));
  };
  fs.mkdirSync(folder, { recursive: true });
  write('program.lines.json', linesOf(text, find('.map'), folder, root));
  write('program.js', text.replace('0'.repeat(64), createHash('sha256').update(text).digest('hex')));
  execFileSync(process.execPath, ['-e', 'require(process.argv[1]).compileProgram()', path.join(dist, 'src', 'load-program.js')], {
    cwd: root,
    stdio: 'inherit',
  });
  return ['program.js', 'program.lines.json', 'program.v8'].map((name) => path.join('program', name));
}
