import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

/** A tree with nothing but the build's own files: what it builds is not asked for here. */
function bareTree(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-build-'));
  for (const file of ['scripts/build.mjs', 'scripts/build-program.mjs', 'package-lock.json', 'package.json', 'src/program.ts']) {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(dir, file));
  }
  // what runs is installed, the tools of the build are not
  fs.mkdirSync(path.join(dir, 'node_modules'));
  for (const name of ['esbuild', 'sass', 'purgecss', 'typescript'])
    fs.symlinkSync(fs.realpathSync(path.join(root, 'node_modules', name)), path.join(dir, 'node_modules', name));
  return dir;
}
const build = (dir: string): { status: number; said: string } => {
  try {
    return { status: 0, said: execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: dir, encoding: 'utf8', stdio: 'pipe' }) };
  } catch (e) {
    const { status, stderr, stdout } = e as { status: number; stderr: string; stdout: string };
    return { status, said: stdout + stderr };
  }
};

describe('operations: the commands of a tree whose tools of the build were taken away (npm prune --omit=dev)', () => {
  let dir: string;
  beforeAll(() => (dir = bareTree()));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  test('a tree that would have to be built says what to run, and leaves what was built before', () => {
    fs.mkdirSync(path.join(dir, 'dist'));
    fs.writeFileSync(path.join(dir, 'dist', '.server.stamp.json'), JSON.stringify({ inputs: 'older', outputs: [] }));
    const { status, said } = build(dir);
    expect(status).toBe(1);
    expect(said).toContain('npm ci && npm run build && npm prune --omit=dev');
    expect(said).not.toContain('error TS');
    expect(fs.existsSync(path.join(dir, 'dist', '.server.stamp.json'))).toBe(true);
  });

  test('a lock file that npm has written anew with the same words is no reason to build', () => {
    const stamp = path.join(dir, 'dist', '.public.stamp.json');
    build(dir);
    const before = fs.readFileSync(stamp, 'utf8');
    const later = new Date(Date.now() + 60_000);
    fs.utimesSync(path.join(dir, 'package-lock.json'), later, later);
    build(dir);
    expect(fs.readFileSync(stamp, 'utf8')).toBe(before);
  });
});
