import { auditActionText } from '../../policy/audit-actions';
import type { Handle } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { codeText, correctionKinds, correctionStates } from '../../lib/codes';
import { moves, states } from '../../policy/declaration-moves';
import { levelText } from '../catalogue';
import { findPerson } from './account.store';
import { listSessions } from './password.store';

type Row = Record<string, unknown>;

/** The words for what a column holds; a code that nobody knows any more stays as it is. */
const wordsOf =
  (columns: Readonly<Record<string, (code: string) => string | undefined>>) =>
  (row: Row): Row =>
    Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'string' ? (columns[k]?.(v) ?? v) : v]));

const stateText = (code: string): string | undefined => (states as Partial<Record<string, { text: string }>>)[code]?.text;
const moveText = (code: string): string | undefined => (moves as Partial<Record<string, { text: string }>>)[code]?.text;

interface SectionComment {
  section: string;
  text: string;
}

/** What declarations hold, in the words of their form. */
export interface OwnWords {
  /** title of a section by its id; undefined for an id that nobody knows any more */
  titleOf: (section: string) => string | undefined;
  /** stored sections under their labels, in the order of `rows`; one whose definition is gone stays as it is */
  typed: (h: Handle, rows: readonly { section: string; raw: unknown }[]) => Promise<unknown[]>;
  /** a submitted version under its labels */
  submitted: (content: unknown) => unknown;
}

/** S63: everything that is held about a person, in words that the person understands; undefined when the account is not a person's. */
export async function collectOwnData(
  h: Handle,
  cipher: Cipher,
  accountId: number,
  words: OwnWords,
): Promise<Record<string, unknown> | undefined> {
  const person = await findPerson(h, cipher, accountId);
  const account = (await h('accounts').where({ id: accountId }).first('login_name', 'created_at')) as
    { login_name: string; created_at: Date } | undefined;
  if (!person || !account) return undefined;
  const all = async (sql: string): Promise<Row[]> => (await h.raw<{ rows: Row[] }>(sql, { id: accountId })).rows;
  const inSection = wordsOf({ 部分: words.titleOf });
  const own = 'IN (SELECT id FROM declarations WHERE person_id = :id)';
  const declarations = await all(
    `SELECT d.id AS "编号", d.year AS "年度", s.name AS "职称系列", d.level AS "职称级别", d.state AS "状态", d.applicant_name AS "姓名", u.name AS "申报单位",
       d.created_at AS "新增时间", d.submitted_at AS "提交时间", d.deleted_at AS "删除时间"
     FROM declarations d JOIN series s ON s.id = d.series_id LEFT JOIN units u ON u.id = d.unit_id WHERE d.person_id = :id ORDER BY d.created_at`,
  );
  const typed = await all(
    `SELECT declaration_id AS "申报编号", section AS "部分", raw AS "内容", updated_at AS "保存时间" FROM declaration_sections WHERE declaration_id ${own} ORDER BY declaration_id, section`,
  );
  const contents = await words.typed(
    h,
    typed.map((row) => ({ section: String(row.部分), raw: row.内容 })),
  );
  return {
    说明: '本文件是系统保存的本人全部信息。附件请在对应的申报中逐个打开下载。',
    账号: { 登录名: account.login_name, 注册时间: account.created_at },
    基本信息: {
      姓名: person.name,
      性别: person.sexText,
      出生日期: person.bornOn,
      民族: person.ethnicityText,
      证件类型: person.idTypeText,
      证件号码: person.idNumber,
      手机号码: person.mobile,
      政治面貌: person.politicalStatusText,
      籍贯: person.nativePlace,
      证件照: person.photoSha256 === null ? '没有上传' : '/profile/photo',
      最近修改时间: person.updatedAt,
    },
    身份信息和手机号码的更正: (
      await all(
        `SELECT kind AS "项目", old_name AS "原姓名", new_name AS "新姓名", reason AS "原因", state AS "状态", requested_at AS "提出时间", decided_at AS "生效时间"
       FROM identity_corrections WHERE account_id = :id ORDER BY id`,
      )
    ).map(wordsOf({ 项目: (c) => codeText(correctionKinds, c), 状态: (c) => codeText(correctionStates, c) })),
    同意的申报承诺书: await all(
      'SELECT batch_id AS "批次编号", text AS "内容", accepted_at AS "同意时间" FROM commitments WHERE account_id = :id ORDER BY accepted_at',
    ),
    申报: declarations.map(wordsOf({ 职称级别: levelText, 状态: stateText })),
    申报内容: typed.map((row, i) => inSection({ ...row, 内容: contents[i] })),
    提交的版本: (
      await all(
        `SELECT declaration_id AS "申报编号", round AS "提交次数", content AS "内容", sha256 AS "校验值", frozen_at AS "提交时间" FROM declaration_versions WHERE declaration_id ${own} ORDER BY declaration_id, round`,
      )
    ).map((row) => ({ ...row, 内容: words.submitted(row.内容) })),
    办理经过: (
      await all(
        `SELECT declaration_id AS "申报编号", move AS "操作", from_state AS "原状态", to_state AS "新状态", on_behalf_of AS "办理单位", opinion AS "意见", comments AS "修改意见", at AS "时间"
       FROM declaration_events WHERE declaration_id ${own} ORDER BY id`,
      )
    )
      .map(wordsOf({ 操作: moveText, 原状态: stateText, 新状态: stateText }))
      .map((row) => ({
        ...row,
        修改意见: (row.修改意见 as SectionComment[]).map((c) => ({ 部分: words.titleOf(c.section) ?? c.section, 意见: c.text })),
      })),
    附件: (
      await all(
        `SELECT declaration_id AS "申报编号", section AS "部分", name AS "文件名", media_type AS "格式", size AS "字节数", uploaded_at AS "上传时间", removed_at AS "删除时间",
         '/declarations/' || declaration_id || '/attachments/' || id AS "地址" FROM attachments WHERE declaration_id ${own} ORDER BY declaration_id, position`,
      )
    ).map(inSection),
    证书: await all(
      `SELECT declaration_id AS "申报编号", number AS "证书编号", holder_name AS "姓名", issued_on AS "发证日期", revoked_at AS "撤销时间" FROM certificates WHERE declaration_id ${own} ORDER BY id`,
    ),
    目前的登录: (await listSessions(h, accountId)).map((s) => ({ 登录时间: s.signedInAt, 最近使用: s.seenAt })),
    操作记录: (
      await all(
        `SELECT at AS "时间", actor_name AS "人员", action AS "操作" FROM audit_log WHERE actor_id = :id OR (subject_kind = 'account' AND subject_id = :id::text) ORDER BY id`,
      )
    ).map(wordsOf({ 操作: auditActionText })),
  };
}
