import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { cleanFileName } from '../../adapters/files/inspect-file';
import type { Deps } from '../../deps';
import { FormInput } from '../../http/form-input';
import { scope } from '../../policy/policy';
import { countRoster, eachRoster, readRosterCondition, rosterScopeText } from '../reporting';
import type { TaskOutcome, TaskRun } from '../tasks';
import { renderReviewForm } from './render-review-form';

/** A form takes the printing browser about a tenth of a second, and everybody else prints beside it. */
export const MAX_FORMS = 2000;

interface Wanted {
  id: string;
  name: string;
}

/** 「评审表」 of everybody in a list, in its order, as one ZIP file: one form lies in memory while the next is printed. */
export async function makeFormsZip(deps: Deps, run: TaskRun<'forms:zip'>): Promise<TaskOutcome> {
  const condition = readRosterCondition(run.owner, new FormInput(new URLSearchParams({ ...run.input })));
  const seen = scope(run.owner);
  const total = await countRoster(deps.db, seen, condition);
  if (total === 0) return { kind: 'refused', problem: '没有符合条件的申报，没有生成文件，请调整查询条件后重新导出' };
  if (total > MAX_FORMS)
    return { kind: 'refused', problem: `共 ${total} 人，一次最多打印 ${MAX_FORMS} 人的评审表，请按系列、级别分次导出` };
  const wanted: Wanted[] = [];
  for await (const rows of eachRoster(deps.db, seen, condition)) wanted.push(...rows.map(({ id, name }) => ({ id, name })));
  const scopeText = rosterScopeText(run.owner, condition, await deps.catalogue.get());
  return {
    kind: 'made',
    content: zipOf(deps, run, wanted),
    name: `评审表（${scopeText.replace(/，/g, ' ')}）.zip`,
    contentType: 'application/zip',
  };
}

async function* zipOf(deps: Deps, run: TaskRun<'forms:zip'>, wanted: readonly Wanted[]): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const file = zip.outputStream as Readable;
  zip.on('error', (e: Error) => file.destroy(e));
  const print = async ({ id }: Wanted): Promise<Buffer> => {
    const made = await renderReviewForm(deps, id, 'other', { keep: false });
    if (!made) throw new Error(`declaration ${id} went away while it was printed`);
    return made.pdf;
  };
  wanted.forEach((w, n) => {
    const name = `${String(n + 1).padStart(4, '0')} ${cleanFileName(`${w.name}职称评审表.pdf`)}`;
    // a PDF is compressed already; it is asked for when the ones before it are out
    zip.addReadStreamLazy(name, { compress: false, mtime: new Date(Date.UTC(2000, 0, 1)) }, (give) => {
      run
        .progress(n, wanted.length)
        .then(() => print(w))
        .then(
          (pdf) => give(null, Readable.from([pdf])),
          (e: unknown) => void file.destroy(e as Error),
        );
    });
  });
  zip.end();
  for await (const chunk of file) yield chunk as Buffer;
}
