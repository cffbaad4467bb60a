/** One applicant's last evening, as requests: recorded once from the pages of a person who fills in everything, then played for many. */
import { createHash, randomBytes } from 'node:crypto';
import { PDFDocument } from 'pdf-lib';
import sharp from 'sharp';
import { caseSections } from '../../test/support/case';
import { makePerson, PASSWORD, signInAs, type TestBatch } from '../../test/support/factories';
import { chooseTitleAndUnit, fillSection } from '../../test/support/fill';
import type { Site } from '../../test/support/site';
import { Client, hiddenFields, mainForm, multipart, urlencoded, type Answer, type FilePart, type Ledger } from './client';

export interface Recorded {
  section: string;
  fields: [string, string][];
  fileFields: string[];
}

/** Every section that a declaration needs as its form sends it, without what belongs to one page alone. */
export async function record(site: Site, batch: TestBatch, unitName: string): Promise<Recorded[]> {
  const visitor = await signInAs(site, await makePerson(site, { name: '于文静' }));
  const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  const id = /declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? '';
  const sections: Recorded[] = [];
  for (const c of caseSections(batch.year)) {
    await fillSection(visitor, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', unitName);
    const page = await visitor.open(`/declarations/${id}/sections/${c.section}`);
    sections.push({
      section: c.section,
      fields: page.fields().filter(([name]) => !['_csrf', '_token', 'version'].includes(name)),
      fileFields: page
        .all('main form input[type="file"]')
        .map((i) => i.getAttribute('name') ?? '')
        .filter((name) => Object.keys(c.files ?? {}).some((item) => name.endsWith(`.${item.split('.').at(-1)}`))),
    });
  }
  // people polish this text until the last minute
  const text = sections.find((s) => s.section === 'performance');
  return text ? [...sections, text, text, text, text] : sections;
}

/** A scan of about 500 KB, every one different: PDFs with a mark of their own, photographs out of a pool. */
export class Scans {
  private constructor(
    private readonly pdf: Buffer,
    private readonly mark: number,
    private readonly pictures: readonly Buffer[],
  ) {}
  static async make(pictures = 24): Promise<Scans> {
    const noise = await sharp({
      create: { width: 1240, height: 1754, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 225, sigma: 12 } },
    })
      .jpeg({ quality: 76 })
      .toBuffer();
    const document = await PDFDocument.create();
    const picture = await document.embedJpg(noise);
    const page = document.addPage([595, 842]);
    page.drawImage(picture, { x: 0, y: 0, width: 595, height: 842 });
    document.setSubject('m'.repeat(16));
    const pdf = Buffer.from(await document.save({ useObjectStreams: false }));
    const mark = pdf.indexOf(Buffer.from('006D'.repeat(16)));
    if (mark < 0) throw new Error('the mark of the PDF is not where it was written');
    const made: Buffer[] = [];
    for (let i = 0; i < pictures; i++)
      made.push(
        await sharp(noise)
          .modulate({ brightness: 1 - i / 200 })
          .jpeg({ quality: 76 })
          .toBuffer(),
      );
    return new Scans(pdf, mark, made);
  }
  get sizes(): { pdf: number; picture: number } {
    return { pdf: this.pdf.length, picture: this.pictures[0]?.length ?? 0 };
  }
  one(n: number): Omit<FilePart, 'field'> {
    if (n % 2 === 0)
      return { name: `photo-${n}.jpg`, type: 'image/jpeg', content: this.pictures[(n / 2) % this.pictures.length] as Buffer };
    const content = Buffer.from(this.pdf);
    const letters = [...randomBytes(16)].map((byte) => `00${(0x61 + (byte % 26)).toString(16)}`);
    content.write(letters.join('').toUpperCase(), this.mark, 'latin1');
    return { name: `scan-${n}.pdf`, type: 'application/pdf', content };
  }
}

export interface Applicant {
  loginName: string;
  rank: string;
  unit: number;
}
/** What this applicant was told by the site. */
export interface Told {
  loginName: string;
  declaration: string;
  /** section → mark and version of the last save that was acknowledged */
  saved: Map<string, { mark: string; version: number }>;
  /** sections whose save got no answer: they may be or not be there */
  unsure: Set<string>;
  uploads: number;
  submitted: boolean;
  /** the first thing that went wrong */
  failed?: string;
}

export interface Storm {
  site: Site;
  batch: TestBatch;
  /** the processes; requests go to them in turn, so that nothing may live in one of them alone */
  bases: readonly string[];
  sections: readonly Recorded[];
  scans: Scans;
  ledger: Ledger;
  /** waited for before each request */
  before?: (kind: string) => Promise<void>;
}

class Stopped extends Error {}

/** A person's way on several processes at once: each request goes to the next of them with the same cookies. */
export class Person {
  readonly #client: Client;
  constructor(
    private readonly storm: Storm,
    readonly loginName: string,
    timeout?: number,
  ) {
    this.#client = new Client(storm.bases, storm.ledger, timeout);
  }
  async get(kind: string, address: string): Promise<Answer> {
    const answer = await this.ask(kind, address);
    if (answer.status !== 200) throw new Stopped(`${kind} ${answer.status}`);
    return answer;
  }
  /** whatever the answer is */
  async ask(kind: string, address: string): Promise<Answer> {
    await this.storm.before?.(kind);
    return this.#client.request(kind, 'GET', address);
  }
  async post(kind: string, address: string, body: { type: string; body: Buffer }): Promise<Answer> {
    await this.storm.before?.(kind);
    return this.#client.request(kind, 'POST', address, body);
  }
  /** as its browser sends them */
  get cookies(): string {
    return this.#client.cookieHeader;
  }
  async signIn(): Promise<void> {
    this.#client.forget();
    const page = await this.get('sign-in page', '/sign-in');
    const hidden = hiddenFields(page.html);
    const id = hidden.find(([name]) => name === 'captcha.id')?.[1] ?? '';
    // what stands in the picture only people can read
    await this.storm.site
      .db('captchas')
      .where({ id })
      .update({ answer_hash: createHash('sha256').update('test').digest() });
    const values: [string, string][] = [
      ['account', this.loginName],
      ['password', PASSWORD],
      ['captcha.answer', 'test'],
    ];
    const answer = await this.post('sign-in', '/sign-in', urlencoded([...hidden, ...values]));
    if (answer.status !== 303) throw new Stopped(`sign-in ${answer.status}`);
    await this.get('home', '/home');
  }
  async begin(): Promise<string> {
    const address = `/declarations/new/${this.storm.batch.id}`;
    const page = await this.get('commitment', address);
    const answer = await this.post('begin', address, urlencoded(hiddenFields(page.html)));
    const id = /declarations\/([0-9a-f-]{36})/.exec(answer.location)?.[1];
    if (!id) throw new Stopped(`begin ${answer.status}`);
    return id;
  }
  close(): void {
    this.#client.close();
  }
}

/** Everything from the sign-in to the receipt; never throws for what the site does, but says it. */
export async function declare(storm: Storm, applicant: Applicant): Promise<Told> {
  const told: Told = { loginName: applicant.loginName, declaration: '', saved: new Map(), unsure: new Set(), uploads: 0, submitted: false };
  const person = new Person(storm, applicant.loginName);
  let uploaded = 0;
  try {
    await person.signIn();
    told.declaration = await person.begin();
    await person.get('overview', `/declarations/${told.declaration}`);
    for (const [n, s] of storm.sections.entries()) {
      if (n === Math.floor(storm.sections.length / 2)) await person.signIn(); // it took long: the session has ended
      const address = `/declarations/${told.declaration}/sections/${s.section}`;
      const page = await person.get('section', address);
      const mark = randomBytes(6).toString('hex').replace(/[a-f]/g, '7');
      const fields = s.fields.map(([name, value]): [string, string] => {
        if (name === 'main.rank') return [name, applicant.rank];
        if (name === 'main.unit') return [name, String(applicant.unit)];
        if (s.section === 'performance' && name === 'main.text') return [name, `${value}第${mark}号`];
        return [name, value];
      });
      const files: FilePart[] = s.fileFields.map((field, i) => ({ field, ...storm.scans.one(uploaded + i) }));
      const own = hiddenFields(page.html).filter(([name]) => ['_csrf', '_token', 'version'].includes(name));
      const body: [string, string][] = [...own, ...fields, ['do', 'save']];
      const answer = await person.post(files.length > 0 ? 'save with scans' : 'save', address, multipart(body, files));
      if (answer.status === 0) told.unsure.add(s.section);
      if (answer.status !== 303) throw new Stopped(`save of ${s.section} ${answer.status}`);
      told.saved.set(s.section, { mark, version: Number(own.find(([name]) => name === 'version')?.[1]) + 1 });
      uploaded += files.length;
      told.uploads += files.length;
      await person.get('section after', answer.location);
    }
    const check = await person.get('check', `/declarations/${told.declaration}/check`);
    const { action, hidden } = mainForm(check.html);
    if (hidden.length === 0)
      throw new Stopped(
        `check offers no 「确定申报」: ${/error-summary[\s\S]{0,2000}/
          .exec(check.html)?.[0]
          .replace(/<[^>]*>/g, ' ')
          .replace(/\s+/g, ' ')
          .slice(0, 500)}`,
      );
    const done = await person.post('submit', action, urlencoded(hidden));
    if (done.status !== 303) throw new Stopped(`submit ${done.status}`);
    told.submitted = true;
    await person.get('receipt', done.location);
  } catch (e) {
    if (!(e instanceof Stopped)) throw e;
    told.failed = e.message;
  } finally {
    person.close();
  }
  return told;
}

/** Compares what people were told with what the database holds; gives each thing that was lost or doubled in words. */
export async function findLosses(site: Site, all: readonly Told[]): Promise<string[]> {
  const losses: string[] = [];
  for (const t of all) {
    if (t.declaration === '') continue;
    const d = (await site.db('declarations').where({ id: t.declaration }).first('state', 'round')) as
      { state: string; round: number } | undefined;
    if (!d) {
      losses.push(`${t.declaration}: gone`);
      continue;
    }
    const sections = (await site
      .db('declaration_sections')
      .where({ declaration_id: t.declaration })
      .select('section', 'raw', 'version')) as {
      section: string;
      raw: unknown;
      version: number;
    }[];
    for (const [section, { mark, version }] of t.saved) {
      const row = sections.find((s) => s.section === section);
      if (!row) losses.push(`${t.declaration}: ${section} was said to be saved`);
      else if (section === 'performance' && !JSON.stringify(row.raw).includes(mark))
        losses.push(`${t.declaration}: ${section} holds another text`);
      else if (row.version !== version) losses.push(`${t.declaration}: ${section} has version ${row.version}, ${version} was acknowledged`);
    }
    const [files] = (await site.db('attachments').where({ declaration_id: t.declaration }).whereNull('removed_at').count('* AS n')) as {
      n: string;
    }[];
    if (t.unsure.size === 0 && Number(files?.n) !== t.uploads)
      losses.push(`${t.declaration}: ${files?.n} files, ${t.uploads} were said to be there`);
    if (t.submitted) {
      const [versions] = (await site.db('declaration_versions').where({ declaration_id: t.declaration }).count('* AS n')) as {
        n: string;
      }[];
      if (d.state === 'draft') losses.push(`${t.declaration}: was said to be submitted`);
      if (Number(versions?.n) !== 1) losses.push(`${t.declaration}: ${versions?.n} frozen versions`);
    } else if (d.state !== 'draft' && !(t.failed ?? '').startsWith('submit 0') && !(t.failed ?? '').startsWith('receipt')) {
      losses.push(`${t.declaration}: is ${d.state} and was never said to be`);
    }
  }
  return losses;
}
