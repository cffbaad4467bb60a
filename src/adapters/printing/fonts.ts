import fs from 'node:fs';
import path from 'node:path';

/**
 * Fonts that come with the program: complete for GBK and Extension A and with the rare characters of personal names, regular and bold.
 * Only these two weights of each family are shown to the browser, which keeps its first look at the folders short.
 */
const PACKAGES = ['@expo-google-fonts/noto-serif-sc', '@expo-google-fonts/noto-sans-sc'];
const WEIGHTS = ['400Regular', '700Bold'];

/** Names that forms and users' style sheets call the fonts by. There is no free 仿宋 or 楷体 of sufficient coverage: the serif stands in. */
const ALIASES: Record<string, string[]> = {
  'Noto Serif SC': [
    'SimSun',
    'NSimSun',
    '宋体',
    '新宋体',
    'FangSong',
    'FangSong_GB2312',
    '仿宋',
    '仿宋_GB2312',
    'KaiTi',
    '楷体',
    'Times New Roman',
    'serif',
  ],
  'Noto Sans SC': ['SimHei', '黑体', 'Microsoft YaHei', '微软雅黑', 'Arial', 'Helvetica', 'sans-serif', 'system-ui', 'monospace'],
};

/** The folders of the fonts, absolute. */
export function fontDirs(): string[] {
  return PACKAGES.flatMap((name) => WEIGHTS.map((weight) => path.join(path.dirname(require.resolve(`${name}/package.json`)), weight)));
}

/** The font files themselves (families `Noto Serif SC` and `Noto Sans SC`, weights 400 and 700), absolute. */
export function fontFiles(): string[] {
  return fontDirs().flatMap((dir) =>
    fs
      .readdirSync(dir)
      .filter((name) => name.endsWith('.ttf'))
      .map((name) => path.join(dir, name)),
  );
}

const escapeXml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

function fontsConf(cache: string, extra: string | undefined): string {
  const alias = (name: string, to: string): string =>
    `<match target="pattern"><test name="family"><string>${name}</string></test>` +
    `<edit name="family" mode="prepend" binding="strong"><string>${to}</string></edit></match>`;
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
    '<fontconfig>',
    ...[...fontDirs(), ...(extra === undefined ? [] : [extra])].map((dir) => `<dir>${escapeXml(dir)}</dir>`),
    `<cachedir>${escapeXml(cache)}</cachedir>`,
    ...Object.entries(ALIASES).flatMap(([to, names]) => names.map((name) => alias(name, to))),
    '</fontconfig>',
    '',
  ].join('\n');
}

/**
 * Writes a private fontconfig below `dir` and gives the environment that points to it.
 * Fonts of the machine are left out: a print looks the same everywhere. `extra`: a folder with fonts for the characters that ours lack.
 */
export function fontEnvironment(dir: string, extra?: string): Record<string, string> {
  const cache = path.join(dir, 'cache');
  fs.mkdirSync(cache, { recursive: true });
  const file = path.join(dir, 'fonts.conf');
  const text = fontsConf(cache, extra);
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    const draft = `${file}.${process.pid}`;
    fs.writeFileSync(draft, text);
    fs.renameSync(draft, file);
  }
  return { FONTCONFIG_PATH: dir, FONTCONFIG_FILE: file };
}
