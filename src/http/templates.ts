import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import nunjucks from 'nunjucks';

const OPTIONS = { autoescape: true, throwOnUndefined: false, trimBlocks: true, lstripBlocks: true } as const;

const folderOf = (rootDir: string): string => path.join(rootDir, 'views');

/** What `npm run build` has made of a template, as a program: its first line is a comment with the hash of that template. */
const compiledFile = (rootDir: string, name: string): string => path.join(rootDir, 'dist', 'templates', `${name}.js`);
const HEAD = '//';
const hashOf = (source: string): string => createHash('sha256').update(source).digest('hex');

/** A template as nunjucks takes one that it need not take apart. */
interface Compiled {
  type: 'code';
  obj: object;
}

let hasWarned = false;
function warn(file: string): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(`${file} was made of another template than the one that is there: pages take longer until "npm run build"`);
}

/** Templates out of their folder, always as they are there; those that the build has compiled are not compiled anew (M14). */
class TemplateLoader extends nunjucks.FileSystemLoader {
  constructor(private readonly rootDir: string) {
    super(folderOf(rootDir), { noCache: false });
  }

  override getSource(name: string): nunjucks.LoaderSource {
    const found = super.getSource(name) as nunjucks.LoaderSource | null;
    const compiled = found && this.compiled(name, found.src);
    // nunjucks takes both; its types know one
    return (compiled ? { ...found, src: compiled } : found) as nunjucks.LoaderSource;
  }

  private compiled(name: string, source: string): Compiled | undefined {
    const file = compiledFile(this.rootDir, name);
    if (!fs.existsSync(file)) return undefined;
    const text = fs.readFileSync(file, 'utf8');
    if (!text.startsWith(`${HEAD}${hashOf(source)}\n`)) {
      warn(file);
      return undefined;
    }
    // what nunjucks does with its own output
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- made by our build out of our templates
    return { type: 'code', obj: (new Function(text) as () => object)() };
  }
}

/** Templates with escaping on. `cache`: each is read once; without it a changed one is seen at once. */
export function openTemplates(rootDir: string, cache: boolean): nunjucks.Environment {
  const loader = cache ? new TemplateLoader(rootDir) : new nunjucks.FileSystemLoader(folderOf(rootDir), { noCache: true });
  return new nunjucks.Environment(loader, OPTIONS);
}

/** For the build: compiles all templates of the site. Gives the files written. */
export function compileTemplates(rootDir: string): string[] {
  const env = new nunjucks.Environment(null, OPTIONS);
  // nunjucks gives a list, its types say one
  const wrapper = (made: unknown): string => (made as { template: string }[]).map((m) => m.template).join('');
  return fs
    .readdirSync(folderOf(rootDir), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.njk'))
    .map((found) => {
      const name = found.split(path.sep).join('/');
      const source = fs.readFileSync(path.join(folderOf(rootDir), found), 'utf8');
      const body = nunjucks.precompileString(source, { name, env, wrapper });
      const file = compiledFile(rootDir, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, `${HEAD}${hashOf(source)}\n${body}`);
      return file;
    });
}
