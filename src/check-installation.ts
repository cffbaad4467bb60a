import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fontDirs } from './adapters/printing';
import { ConfigError, type Config } from './config';

/** The libraries that the program depends on and that are not there. Most are loaded only where they are used: without this their lack would be met by a person. */
function missingLibraries(rootDir: string): string[] {
  const file = path.join(rootDir, 'package.json');
  const { dependencies = {} } = JSON.parse(fs.readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
  const { resolve } = createRequire(file);
  const isThere = (name: string): boolean =>
    (resolve.paths(name) ?? []).some((folder) => fs.existsSync(path.join(folder, name, 'package.json')));
  return Object.keys(dependencies).filter((name) => !isThere(name));
}

const hasFont = (dir: string): boolean => fs.existsSync(dir) && fs.readdirSync(dir).some((name) => /\.(ttf|otf|ttc)$/i.test(name));

function canBeExecuted(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * F24: whatever the program needs besides its settings is there: libraries (dictionaries and the printing browser are among them), fonts, the browser that the operator has named.
 * @throws ConfigError with a line for each thing that is not.
 */
export function checkInstallation({ rootDir, browserPath, extraFonts }: Pick<Config, 'rootDir' | 'browserPath' | 'extraFonts'>): void {
  const missing = missingLibraries(rootDir);
  if (missing.length > 0) throw new ConfigError(`not installed: ${missing.join(', ')}. Run "npm ci --omit=dev" in ${rootDir}`);
  const faults = fontDirs()
    .filter((dir) => !hasFont(dir))
    .map((dir) => `no font in ${dir}: prints would be empty boxes. Run "npm ci --omit=dev" in ${rootDir}`);
  if (browserPath !== undefined && !canBeExecuted(browserPath)) faults.push(`PUPPETEER_EXECUTABLE_PATH: ${browserPath} cannot be executed`);
  if (extraFonts !== undefined && !hasFont(extraFonts)) faults.push(`EXTRA_FONTS: no font (.ttf, .otf, .ttc) in ${extraFonts}`);
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
}
