import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** What `npm run build` has made (`pretest`), in a copy of its own. */
const root = path.join(__dirname, '..', '..');
let dist: string;

const LOAD = `
  const { loadProgram } = require(process.argv[1]);
  loadProgram().load().then(() => {
    console.log(JSON.stringify({ files: Object.keys(require.cache).length }));
    process.exit(0);
  });`;

async function load(env: Record<string, string> = {}, script = LOAD): Promise<{ said: string; warned: string }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script, path.join(dist, 'src', 'load-program.js')], {
    env: { PATH: process.env.PATH, ...env },
  });
  return { said: stdout, warned: stderr };
}
const filesOf = ({ said }: { said: string }): number => (JSON.parse(said) as { files: number }).files;
const change = (name: string, edit: (content: Buffer) => Buffer): void => {
  const file = path.join(dist, 'program', name);
  fs.writeFileSync(file, edit(fs.readFileSync(file)));
};

beforeEach(() => {
  dist = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-program-')), 'dist');
  for (const name of ['src', 'migrations', 'seeds', 'program'])
    fs.cpSync(path.join(root, 'dist', name), path.join(dist, name), { recursive: true });
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(dist, '..', 'node_modules'));
});
afterEach(() => fs.rmSync(path.dirname(dist), { recursive: true, force: true }));

describe('M14 the program as one file', () => {
  it('is loaded with its compiled code, and no library beside it', async () => {
    const found = await load();
    expect(found.warned).toBe('');
    expect(filesOf(found)).toBe(1); // load-program.js itself
  });

  it('compiles anew, and says so, what was compiled with other flags or from another program', async () => {
    expect((await load({ NODE_OPTIONS: '--interpreted-frames-native-stack' })).warned).toContain('program.v8 is of another Node');
    change('program.js', (code) => Buffer.from(code.toString('latin1').replace(/^\/\*./, (start) => (start === '/*0' ? '/*1' : '/*0'))));
    const found = await load();
    expect(found.warned).toContain('program.v8 is of another Node');
    expect(filesOf(found)).toBe(1);
  });

  it('is not fooled by compiled code that was cut off, and needs none', async () => {
    change('program.v8', (compiled) => compiled.subarray(0, compiled.length / 2));
    expect((await load()).warned).toContain('program.v8 is of another Node');
    fs.rmSync(path.join(dist, 'program', 'program.v8'));
    expect((await load()).warned).toContain('program.v8 is of another Node');
  });

  it('is loaded module by module where it was not built', async () => {
    fs.rmSync(path.join(dist, 'program'), { recursive: true });
    const found = await load();
    expect(found.warned).toBe('');
    expect(filesOf(found)).toBeGreaterThan(500);
  });

  it('names sources and lines in stack traces', async () => {
    // the copy lies in no project: the program ends at once
    const { said } = await load(
      {},
      `console.error = () => undefined;
       process.exit = () => console.log(new Error('here').stack);
       require(process.argv[1]).loadProgram().main();`,
    );
    expect(said).toMatch(/^Error: here\n/);
    expect(said).toMatch(/\n {4}at src\/program\.ts:\d+:\d+/);
  });
});
