/**
 * lynx in a terminal of 150 columns: what it shows is read off an emulated screen, what is pressed goes in as keys. Every link and field has its number in front, so that all is reached by
 * typing, as people do who use it.
 *
 *   const lynx = await openLynx(site.base + '/sign-in');                     // afterAll(() => lynx.close())
 *   await lynx.sees('账号'); await lynx.type('账号', 'zhang'); await lynx.press('立即登录');
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Terminal } from '@xterm/headless';

const COLUMNS = 150;
/** so many that the longest page of a journey stands on one screen */
const ROWS = 1500;
const PATIENCE_MS = 60_000;
/** stands at the bottom while a field takes what is typed */
const ACTIVE = /Ctrl-U to delete all text/;

const settings = `ACCEPT_ALL_COOKIES:TRUE
PERSISTENT_COOKIES:FALSE
CHARACTER_SET:utf-8
ASSUME_CHARSET:utf-8
TEXTFIELDS_NEED_ACTIVATION:TRUE
NO_FORCED_CORE_DUMP:TRUE
SHOW_CURSOR:FALSE
DEFAULT_KEYPAD_MODE:LINKS_AND_FIELDS_ARE_NUMBERED
FORCE_SSL_PROMPT:YES
`;

export class TextBrowser {
  readonly #screen = new Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  #drawnAt = 0;

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly folder: string,
  ) {
    child.stdout.on('data', (piece: Buffer) => {
      this.#drawnAt = performance.now();
      this.#screen.write(piece);
    });
  }

  /** What stands on the screen now. */
  text(): string {
    const { active } = this.#screen.buffer;
    return Array.from({ length: ROWS }, (_, y) => active.getLine(y)?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  }

  async #until<T>(what: string, look: () => T | undefined): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || performance.now() > end) throw new Error(`lynx: ${what}\n${this.text()}`);
      await new Promise((r) => setTimeout(r, 30));
    }
  }
  /** Waits until these words stand on the screen. */
  async sees(words: string): Promise<void> {
    await this.#until(`「${words}」 is not on the screen`, () => (this.text().includes(words) ? true : undefined));
  }

  /** Waits until these words have gone from the screen. */
  async loses(words: string): Promise<void> {
    await this.#until(`「${words}」 is still on the screen`, () => (this.text().includes(words) ? undefined : true));
  }

  /** The screen is drawn in pieces: it counts when it has not changed between two looks. */
  async #settled(): Promise<void> {
    let before = '';
    await this.#until('the screen does not come to rest', () => {
      const now = this.text();
      const isSame = now === before && performance.now() - this.#drawnAt > 150;
      before = now;
      return isSame ? true : undefined;
    });
  }

  keys(text: string): void {
    this.child.stdin.write(text);
  }

  /** The number in front of a link or button with these words; a button stands in brackets and shows its value too: `([17]save) 保存`. */
  #find(words: string): Promise<{ number: string; isButton: boolean }> {
    const pattern = new RegExp(`(\\(?)\\[(\\d+)\\](?:[\\w:.-]*\\))?\\s*${words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
    return this.#until(`nothing to press called 「${words}」`, () => {
      const [, bracket, number] = pattern.exec(this.text()) ?? [];
      return number === undefined ? undefined : { number, isButton: bracket === '(' };
    });
  }
  /** The number of the first field after a label. */
  #fieldAfter(label: string): Promise<string> {
    return this.#until(`no field after 「${label}」`, () => {
      const text = this.text();
      const at = text.indexOf(label);
      return at < 0 ? undefined : /\[(\d+)\]/.exec(text.slice(at))?.[1];
    });
  }
  /** While a page is being drawn keys are lost; Ctrl-G gives up what was typed, so that it can be typed again. */
  async #follow(number: string): Promise<void> {
    const prompt = `Follow link (or goto link or page) number: ${number}`;
    let typedAt = -Infinity;
    await this.#until(`no answer to ${number}`, () => {
      if (this.text().includes(prompt)) return true;
      if (performance.now() - typedAt > 1500) {
        this.keys(`\u0007${number}`);
        typedAt = performance.now();
      }
      return undefined;
    });
    this.keys('\r');
  }

  /** Follows a link or presses a button, and waits for words of what comes. */
  async press(words: string, comes: string): Promise<void> {
    await this.#settled();
    const { number, isButton } = await this.#find(words);
    await this.#follow(number);
    if (isButton) {
      await this.sees('(Form submit button)');
      this.keys('\r');
    }
    await this.sees(comes);
  }

  /** Types into the first field after the label. */
  async type(label: string, value: string): Promise<void> {
    await this.#settled();
    await this.#follow(await this.#fieldAfter(label));
    await this.#until(`not in the field after 「${label}」`, () => /Inactive\. Press|Enter filename/.exec(this.text())?.[0]);
    this.keys('\r');
    await this.#until(`the field after 「${label}」 takes nothing`, () => ACTIVE.exec(this.text())?.[0]);
    // what stood there goes first; the arrow upwards leaves the field
    this.keys(`\u0015${value}\u001bOA`);
    if (!/密码/.test(label)) await this.sees(value.slice(0, 12));
    await this.#until(`still in the field after 「${label}」`, () => (ACTIVE.test(this.text()) ? undefined : true));
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = new Promise((r) => this.child.once('exit', r));
      this.child.kill('SIGKILL');
      await ended;
    }
    this.#screen.dispose();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** lynx at this address; `script` of util-linux gives it a terminal. */
export function openLynx(address: string): TextBrowser {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-lynx-'));
  const cfg = path.join(folder, 'lynx.cfg');
  fs.writeFileSync(cfg, settings);
  const command = `stty rows ${ROWS} cols ${COLUMNS}; exec lynx -nopause -cfg=${cfg} '${address}'`;
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: folder,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TMPDIR: folder,
  };
  return new TextBrowser(spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], { env }), folder);
}
