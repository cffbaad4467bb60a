// npm run build: styles, public files and TypeScript into dist/. No network. A step whose inputs and outputs have not changed since its last run is skipped, so that `npm start`
// on a built tree costs next to nothing. The stamps lie inside dist: deleting dist rebuilds everything.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { buildProgram } from './build-program.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const at = (...names) => path.join(root, ...names);

/** Every file under the given files and folders, as paths relative to the root, sorted. */
function filesUnder(names, wanted = () => true) {
  const found = [];
  const visit = (name) => {
    const stat = fs.statSync(at(name), { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const child of fs.readdirSync(at(name))) visit(path.join(name, child));
    else if (stat && wanted(name)) found.push(name);
  };
  names.forEach(visit);
  return found.sort();
}

function fingerprint(files, also) {
  const hash = createHash('sha256').update(`${process.version}\0${also}`);
  for (const name of files) {
    const stat = fs.statSync(at(name));
    // npm writes the lock file anew, with the same words, when it takes the tools of the build away (npm prune --omit=dev)
    const mark =
      name === 'package-lock.json'
        ? createHash('sha256')
            .update(fs.readFileSync(at(name)))
            .digest('hex')
        : stat.mtimeMs;
    hash.update(`${name}\0${mark}\0${stat.size}\n`);
  }
  return hash.digest('hex');
}

/** Where only what runs is installed nothing can be compiled: says so before anything of the last build is touched. */
function demandTools() {
  if (fs.existsSync(at('node_modules', '@types', 'express'))) return;
  console.error(
    '程序需要重新构建，但构建工具没有安装。请依次运行：npm ci && npm run build && npm prune --omit=dev\n' +
      '(The sources or this Node are not those of the last build, and its tools are not installed: npm prune --omit=dev takes them away. Install, build and prune again.)',
  );
  process.exit(1);
}

/** Runs `work` (which returns the files it wrote, relative to dist) unless its stamp fits and all its outputs are still there. `also`: what else they depend on. */
async function step(name, inputs, work, also = '') {
  const stampFile = path.join(dist, `.${name}.stamp.json`);
  const wanted = fingerprint(
    [...inputs, 'scripts/build.mjs', 'package-lock.json'].filter((file) => fs.existsSync(at(file))),
    also,
  );
  let stamp;
  try {
    stamp = JSON.parse(fs.readFileSync(stampFile, 'utf8'));
  } catch {
    stamp = undefined; // no stamp yet, or cut off in mid-write: build
  }
  if (stamp?.inputs === wanted && stamp.outputs.every((file) => fs.existsSync(path.join(dist, file)))) return;
  if (name === 'server') demandTools();
  fs.mkdirSync(dist, { recursive: true });
  fs.rmSync(stampFile, { force: true }); // a step that fails half-way must not look done
  const outputs = await work();
  for (const file of stamp?.outputs ?? []) if (!outputs.includes(file)) fs.rmSync(path.join(dist, file), { force: true });

  fs.writeFileSync(stampFile, JSON.stringify({ inputs: wanted, outputs }));
}

function write(file, content) {
  const target = path.join(dist, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content);
  return file;
}

/** A public text file and, beside it, the same one compressed as well as can be: done once here instead of at each request (M9). Gives the files written. */
function writePublic(file, content) {
  const text = Buffer.from(content);
  const names = [write(file, text)];
  if (/\.(css|js|svg)$/.test(file))
    names.push(write(`${file}.br`, brotliCompressSync(text)), write(`${file}.gz`, gzipSync(text, { level: 9 })));
  return names;
}

/**
 * The same sheet for large type (适老化): every measure 1.3 times as large, as if the browser had zoomed: type, space, fields, and the widths at which
 * the page takes another shape. Hairlines stay.
 */
const LARGE = 1.3;
const enlarged = (css) =>
  css.replace(/(?<![\w#])(\d*\.?\d+)(px|rem)\b/g, (all, number, unit) =>
    unit === 'px' && Number(number) <= 3 ? all : `${Math.round(Number(number) * LARGE * 1000) / 1000}${unit}`,
  );

/** Where the names of classes stand: the rules of govuk-frontend that none of these names are left out of the sheets, an eighth of them (M9). Our own rules all stay. */
const naming = filesUnder(['views', 'src', path.join('public', 'js')], (name) => /\.(njk|ts|js)$/.test(name));

const isStyle = (name) => name.endsWith('.scss');
await step('styles', [...filesUnder(['styles'], isStyle), ...naming], async () => {
  const sass = await import('sass');
  const { PurgeCSS } = await import('purgecss');
  const sheets = filesUnder(['styles'], (name) => isStyle(name) && path.dirname(name) === 'styles' && !path.basename(name).startsWith('_'));
  const written = sheets.map(async (name) => {
    const compiled = sass.compile(at(name), {
      style: 'compressed',
      loadPaths: [at('node_modules')],
      quietDeps: true,
      // govuk-frontend 5 is written for the old module system and takes its settings only that way.
      silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'slash-div', 'if-function'],
    });
    const [{ css }] = await new PurgeCSS().purge({
      content: naming.map((file) => at(file)),
      css: [{ raw: compiled.css }],
      defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
      // templates put the kind of a button together
      safelist: [/^(?!govuk-)/, /^govuk-button--/],
      dynamicAttributes: ['href'],
    });
    const target = path.join('public', 'css', path.basename(name, '.scss'));
    return [...writePublic(`${target}.css`, css), ...writePublic(`${target}-large.css`, enlarged(css))];
  });
  return (await Promise.all(written)).flat();
});

const publicFiles = filesUnder(['public']);
await step('public', publicFiles, () => publicFiles.flatMap((name) => writePublic(name, fs.readFileSync(at(name)))));

const sources = filesUnder(['src', 'migrations', 'seeds', 'tsconfig.json', 'tsconfig.build.json'], (name) => /\.(ts|json|mjs)$/.test(name));
await step('server', sources, () => {
  const emitted = (name) => (/\.(json|mjs)$/.test(name) ? [name] : [name.replace(/\.ts$/, '.js'), name.replace(/\.ts$/, '.js.map')]);
  const outputs = sources.filter((name) => !name.startsWith('tsconfig') && !name.endsWith('.d.ts')).flatMap(emitted);
  const missing = () => outputs.filter((file) => !fs.existsSync(path.join(dist, file)) && !/\.(json|mjs)$/.test(file));
  // tsc believes its build info and would not emit again what was deleted since.
  if (missing().length > 0) fs.rmSync(path.join(dist, '.tsbuildinfo'), { force: true });
  try {
    execFileSync(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', at('tsconfig.build.json')], {
      cwd: root,
      stdio: 'inherit',
    });
  } catch (error) {
    process.exit(error.status || 1); // tsc has said what is wrong
  }
  if (missing().length > 0) throw new Error(`tsc has not written ${missing().join(', ')}`);
  for (const name of sources) if (/\.(json|mjs)$/.test(name) && !name.startsWith('tsconfig')) write(name, fs.readFileSync(at(name)));
  // A module that was deleted or renamed must not live on.
  const present = ['src', 'migrations', 'seeds'].filter((folder) => fs.existsSync(path.join(dist, folder)));
  for (const folder of present) {
    for (const entry of fs.readdirSync(path.join(dist, folder), { recursive: true, withFileTypes: true })) {
      const file = path.relative(dist, path.join(entry.parentPath, entry.name));
      if (entry.isFile() && !outputs.includes(file)) fs.rmSync(path.join(dist, file));
    }
  }
  return outputs;
});

await step('templates', [...filesUnder(['views']), path.join('src', 'http', 'templates.ts')], () =>
  createRequire(import.meta.url)(path.join(dist, 'src', 'http', 'templates.js'))
    .compileTemplates(root)
    .map((file) => path.relative(dist, file)),
);

// compiled code fits the flags it was made with
const flags = process.env.NODE_OPTIONS ?? '';
await step('program', [...sources, 'scripts/build-program.mjs'], () => buildProgram(root), flags);
