import type { Deps } from '../../deps';
import { databaseNow, type Handle, type Trx } from '../../db/db';
import type { GuardName, MoveName } from '../../policy/declaration-moves';
import { barredText } from '../../lib/withdrawal';
import { readDate, showDate } from '../../lib/dates';
import { typedMoment } from '../../lib/moment';
import { checkVote } from '../../lib/vote-rules';
import { paths } from '../../http/paths';
import { anchorOf } from '../../form/section';
import { findEvents, findStops, hasUpheldObjection, isBeforeMeeting, type AttachmentRow, type Declaration } from './declarations.store';
import { findAppealChance } from './appeals.read';
import { findDeskContacts } from './desk-contacts.read';
import { sectionsOf, type LoadedDeclaration } from './load-declaration';
import type { MoveFacts } from './move-facts';
import type { MoveInput } from './move-input';
import { projectUnit } from './project-section';
import { application } from './sections/application.section';
import { isWithheld } from './unit-publicity.store';

export interface Complaint {
  text: string;
  /** where it can be mended */
  href?: string;
}

interface GuardInput {
  deps: Deps;
  trx: Trx;
  d: Declaration;
  move: MoveName;
  input: MoveInput;
  facts: MoveFacts;
}

type Guard = (g: GuardInput) => Promise<Complaint[]>;

/** D16: submitted, and nobody has acted since. */
export const isUntouched = (events: readonly { move: string }[]): boolean => events.at(-1)?.move === 'submit';

/** Whether the applicant may take it back or give it up: it lies with the applicant, or with a unit that has not acted yet. */
const isInOwnHands = async (trx: Trx, d: Declaration): Promise<boolean> =>
  d.state !== 'unit_review' || isUntouched(await findEvents(trx, d.id));

/** S51, S52: a file that nobody will be able to open is not submitted. */
const unusable = (a: AttachmentRow): string | undefined =>
  a.scan === 'infected' ? '检出病毒' : a.damaged_at === null ? undefined : '已损坏';

/** Everything that is missing or wrong, as links into the sections (D1, D15). */
export function formComplaints(loaded: LoadedDeclaration): Complaint[] {
  const { row: d } = loaded;
  return sectionsOf(loaded).flatMap((s) => {
    const { problems } = loaded.check(s);
    const files = loaded.attachments.flatMap((a) => {
      const why = a.section === s.id ? unusable(a) : undefined;
      const place = { part: a.part, field: a.field, ...(a.row_id === '' ? {} : { row: a.row_id }) };
      return why === undefined ? [] : [{ ...place, text: `附件「${a.name}」${why}，请删除后重新上传` }];
    });
    return [...problems, ...files].map((p) => ({
      text: `${s.title}：${p.text}`,
      href: `${paths.section(d.id, s.id)}?check=1#${anchorOf(p)}`,
    }));
  });
}

/** B3: the photograph is printed on form and certificate. It belongs to the account; from there a link leads back to this declaration. */
export const photoComplaint = (declaration: string): Complaint => ({
  text: '基本信息：请上传「证件照」',
  href: `${paths.profile(declaration)}#f-profile-photo`,
});

/** D17: the last day of a correction still counts. By the database's clock. */
export async function isOverdue(h: Handle, d: Declaration): Promise<boolean> {
  return d.state === 'correction' && d.correction_due_on !== null && (await databaseNow(h)).today > d.correction_due_on;
}

/** Why a correction can't be handed in any more; nothing while it can. */
export async function deadlineComplaints(h: Handle, d: Declaration): Promise<Complaint[]> {
  if (!(await isOverdue(h, d))) return [];
  return [
    {
      text: `补正期限（${showDate(d.correction_due_on ?? '')}）已过，视为放弃。如有疑问，请联系${(await findDeskContacts(h, d.batch_id)).office}`,
    },
  ];
}

/** The unit it is to be submitted to. While a reported rank stands, the row names the unit that gave it, and 「申报信息」 the one chosen now. */
const chosenUnit = (loaded: LoadedDeclaration): number | null =>
  loaded.row.rank_fixed_at === null ? loaded.row.unit_id : projectUnit(loaded.check(application)).unit_id;

/** One function for each guard of the table in src/policy/declaration-moves.ts; run inside the move's transaction on the locked row. */
export const guards: Record<GuardName, Guard> = {
  'commitment-accepted': async ({ d, facts }) =>
    (await facts.standing(d)).isCommitted ? [] : [{ text: '请先阅读并同意申报承诺书', href: paths.commitment(d.batch_id) }],

  'form-complete': async ({ deps, d, facts }) => formComplaints(await facts.loaded(deps, d)),

  'photo-given': async ({ d, facts }) => ((await facts.standing(d)).hasPhoto ? [] : [photoComplaint(d.id)]),

  'correction-in-time': ({ trx, d }) => deadlineComplaints(trx, d),

  'unit-permitted': async ({ deps, trx, d, move, facts }) => {
    const loaded = await facts.loaded(deps, d);
    const chosen = chosenUnit(loaded);
    if (chosen === null) return [{ text: '请选择「申报单位」', href: `${paths.section(d.id, 'application')}#f-main-unit` }];
    const unit = loaded.context(application).unit(String(chosen));
    const isReported = move === 'resubmit' && d.return_position !== 0 && d.return_position !== null;
    // what was reported stays where it is, also when the first unit has lost its permission since
    if (!isReported && !unit?.permitted)
      return [
        {
          text: barredText(unit?.name ?? '申报单位', unit?.withdrawal),
          href: `${paths.section(d.id, 'application')}#f-main-unit`,
        },
      ];
    if (!isReported) return [];
    const [first] = await findStops(trx, d.id);
    return first?.unit_id === chosen
      ? []
      : [{ text: '已经上报的申报不能更换「申报单位」，请改回原单位', href: `${paths.section(d.id, 'application')}#f-main-unit` }];
  },

  'not-yet-handled': async ({ trx, d, move }) =>
    (await isInOwnHands(trx, d))
      ? []
      : [{ text: `单位已经处理过该申报，不能${move === 'withdraw' ? '撤回。需要修改的' : '放弃。不再申报的'}，请联系单位退回` }],

  // who takes it back after the end would have lost the year by it
  'can-be-submitted-again': async ({ d, facts }) =>
    (await facts.window(d)).applicantOpen
      ? []
      : [{ text: '个人申报已经截止，撤回后不能再提交，因此不能撤回。需要修改的，请联系单位退回；不再申报的，可以「放弃申报」' }],

  'has-lower-stop': ({ d }) =>
    Promise.resolve((d.stop_position ?? 0) > 0 ? [] : [{ text: '该申报由申报人直接提交到贵单位，没有下级单位，请选择「退回申报人」' }]),

  'path-approved': async ({ d, facts }) => {
    if (d.holder_unit_id === null) return [{ text: '该申报当前不由贵单位处理' }];
    const path = await facts.livePath(d);
    if (!path) return [{ text: '本系列、本级别还没有上报路径，请先办理「单位路径申请」', href: paths.newPath() }];
    if (path.state !== 'approved')
      return [
        { text: `上报路径（${path.upstreamName}）尚未审核通过，请联系上一级单位，联系人和电话见「单位路径申请」`, href: paths.unitPaths() },
      ];
    if (path.committeeId === null) {
      const upstream = path.upstreamUnitId === null ? undefined : await facts.unit(path.upstreamUnitId);
      return upstream?.permitted
        ? []
        : [
            {
              text: `上一级单位「${path.upstreamName}」的「职称评审」权限已被收回，请在「单位路径申请」中终止该路径，向其他上级单位重新申请`,
              href: paths.unitPaths(),
            },
          ];
    }
    const batch = await facts.batch(d.batch_id);
    if (!(await facts.isCommitteeValid(d, path.committeeId)))
      return [
        { text: `「${path.upstreamName}」不在任期内，或者不评审该级别、该专业，不能上报，请联系${(await facts.desks(d.batch_id)).office}` },
      ];
    return batch?.committeeId === path.committeeId
      ? []
      : [{ text: `上报路径通往「${path.upstreamName}」，与申报人选择的评审委员会不同，请核对路径`, href: paths.unitPaths() }];
  },

  'rank-given': async ({ d, input, facts }) => {
    if (d.rank_fixed_at !== null) return [];
    const batch = await facts.batch(d.batch_id);
    const rank =
      batch?.rankBy === 'unit' ? input.rank : d.rank_n !== null && d.rank_of !== null ? { n: d.rank_n, of: d.rank_of } : undefined;
    if (!rank) return [{ text: '请填写「单位推荐排序」，格式如 1/3' }];
    if (d.unit_id === null) return [];
    const other = await facts.rankTotal(d, rank.of);
    return other === rank.of ? [] : [{ text: `推荐总人数（${rank.of}）与本单位已上报人员的（${other}）不一致，请核对后修改` }];
  },

  'unit-publicity-over': async ({ d, facts }) => {
    if (d.stop_position !== 0) return [];
    const batch = await facts.batch(d.batch_id);
    if (!batch?.demandsUnitPublicity) return [];
    const href = paths.unitPublicities();
    const up = await facts.putUp(d);
    if (!up) return [{ text: `本批次要求上报前在本单位公示不少于 ${batch.unitPublicityDays} 个工作日，请先办理「单位公示」`, href }];
    if (!up.is_over) return [{ text: `单位公示到${showDate(up.ends_on)}结束，期满后才能上报`, href: paths.unitPublicity(up.publicityId) }];
    return up.open === 0 ? [] : [{ text: '单位公示期间收到的异议还没有处理完毕，不能上报', href: paths.unitPublicity(up.publicityId) }];
  },

  'entrusted-evidence': async ({ d, facts }) => {
    if (!d.is_entrusted || d.stop_position !== 0) return [];
    const batch = await facts.batch(d.batch_id);
    if (batch?.entrustedEvidenceBy !== 'unit' || (await facts.hasEntrustedEvidence(d))) return [];
    return [{ text: '该申报为委托评审，请先上传委托评审材料', href: paths.entrustedEvidence(d.id) }];
  },

  'objection-upheld': async ({ trx, d }) =>
    (await isWithheld(trx, d.id)) ? [] : [{ text: '没有成立的异议，不能登记为不予推荐', href: paths.unitPublicities() }],

  'permission-gone': async ({ d, facts }) => {
    const unit = d.holder_unit_id === null ? undefined : await facts.unit(d.holder_unit_id);
    return unit && !unit.permitted ? [] : [{ text: '该申报由有「职称评审」权限的单位处理，不能由人社局退回' }];
  },

  'committee-valid': async ({ d, facts }) =>
    (await facts.isCommitteeValid(d))
      ? []
      : [{ text: `评审委员会未经核准、已过有效期或者没有本系列本级别的评审权限，请联系${(await facts.desks(d.batch_id)).bureau}` }],

  'correction-overdue': async ({ trx, d }) => ((await isOverdue(trx, d)) ? [] : [{ text: '补正期限未到' }]),

  'vote-valid': async ({ trx, d, input }) => {
    if (input.meetingId === undefined && (await isBeforeMeeting(trx, d.id)))
      return [{ text: '该申报已列入评审会议，表决结果由会议投票产生，不能另行登记', href: paths.meetings() }];
    if (!input.vote) return [{ text: '请填写表决结果' }];
    // the day stands on the certificate, and what was recorded is not changed: one that cannot be is most likely a slip in the year
    const handedIn = d.submitted_at ? readDate(typedMoment(d.submitted_at).split(' ')[0] ?? '') : undefined;
    const early =
      handedIn !== undefined && input.metOn !== undefined && input.metOn < handedIn
        ? [{ text: `评审会议日期不能早于申报人确定申报的日期（${showDate(handedIn)}），请核对`, href: '#metOn' }]
        : [];
    const checked = checkVote(input.vote);
    return [...early, ...(checked.ok ? [] : checked.problems.map((p) => ({ text: p.text, href: `#vote-${p.field}` })))];
  },

  'result-objections-decided': async ({ d, facts }) =>
    (await facts.publicity(d))?.open ? [{ text: '公示期间收到的异议还没有处理完毕，不能确认' }] : [],

  'result-objection-upheld': async ({ trx, d }) =>
    (await hasUpheldObjection(trx, d.id)) ? [] : [{ text: '没有成立的异议，不能将结果作废' }],

  'recheck-granted': async ({ trx, d }) =>
    (await findAppealChance(trx, d))?.appeal?.state === 'granted' ? [] : [{ text: '没有需要重新评审的复查申请' }],

  'signing-ready': async ({ deps, facts }) => {
    const certificate = await deps.signer?.certificate();
    const now = await facts.now();
    if (certificate && certificate.validFrom <= now && now < certificate.validTo) return [];
    return [
      {
        text: certificate
          ? '电子证书的签名密钥不在有效期内，暂时不能确认，请联系系统管理员'
          : '系统还没有配置电子证书的签名密钥，暂时不能确认，请联系系统管理员',
      },
    ];
  },

  'publicity-over': async ({ d, facts }) => {
    const publicity = await facts.publicity(d);
    if (!publicity) return [{ text: '该申报没有公示记录' }];
    return publicity.is_over ? [] : [{ text: `公示到${showDate(publicity.ends_on)}结束，期满后才能确认` }];
  },
};
