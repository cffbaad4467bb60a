/**
 * The ONE table of the states a declaration can be in and the moves between them. Buttons, policy, guards, the record, the tests and the diagram in
 * docs/states.md come out of it. Sources: G22/G23 §三, §四; 人社部令第40号 arts. 17-27.
 */

export type StateName =
  | 'draft'
  | 'unit_review'
  | 'unit_passed'
  | 'not_recommended'
  | 'returned_to_applicant'
  | 'returned_to_unit'
  | 'office_review'
  | 'correction'
  | 'accepted'
  | 'refused'
  | 'abandoned'
  | 'voted_passed'
  | 'voted_failed'
  | 'publicity'
  | 'certified';

export type Colour = 'grey' | 'blue' | 'yellow' | 'orange' | 'green' | 'red';

export interface State {
  /** the word shown to everybody */
  text: string;
  colour: Colour;
  /** who must act now: the holder of the declaration in this state */
  holder: 'applicant' | 'unit' | 'office' | 'bureau' | 'nobody';
  /** what the applicant reads about it */
  forApplicant: string;
  /** the end for this year: nobody has to act any more. Only a recheck that the bureau grants leads out of one (`reopen`) */
  final?: true;
}

export const states: Record<StateName, State> = {
  draft: { text: '未提交', colour: 'grey', holder: 'applicant', forApplicant: '尚未提交，请填写完整后点击「确定申报」' },
  unit_review: { text: '待审核', colour: 'blue', holder: 'unit', forApplicant: '已提交，等待单位审核' },
  unit_passed: { text: '审核通过，待上报', colour: 'blue', holder: 'unit', forApplicant: '单位已审核通过，等待数据上报' },
  not_recommended: { text: '不予推荐', colour: 'red', holder: 'nobody', forApplicant: '单位公示期间异议成立，单位不予推荐', final: true },
  returned_to_applicant: { text: '退回修改', colour: 'orange', holder: 'applicant', forApplicant: '已退回，请按意见修改后重新提交' },
  returned_to_unit: { text: '退回单位', colour: 'orange', holder: 'unit', forApplicant: '上级单位已退回，等待下级单位处理' },
  office_review: { text: '待受理', colour: 'blue', holder: 'office', forApplicant: '已报送评委会办事机构，等待受理' },
  correction: { text: '待补正', colour: 'orange', holder: 'applicant', forApplicant: '评委会办事机构要求补正，请在期限内修改后重新提交' },
  accepted: { text: '已受理', colour: 'blue', holder: 'office', forApplicant: '评委会办事机构已受理，等待评审' },
  refused: { text: '不予受理', colour: 'red', holder: 'nobody', forApplicant: '评委会办事机构不予受理', final: true },
  abandoned: { text: '已放弃', colour: 'red', holder: 'nobody', forApplicant: '本次申报已放弃，原因见「办理进度」', final: true },
  voted_passed: { text: '评审通过', colour: 'green', holder: 'office', forApplicant: '评审已通过，等待公示' },
  voted_failed: {
    text: '评审未通过',
    colour: 'red',
    holder: 'nobody',
    forApplicant: '本年度评审未通过，对结果有疑问的，可以在期限内申请复查',
    final: true,
  },
  publicity: { text: '结果公示中', colour: 'yellow', holder: 'bureau', forApplicant: '评审结果正在公示，公示结束后由人社局确认' },
  certified: { text: '已发证', colour: 'green', holder: 'nobody', forApplicant: '已取得职称，可以下载证书', final: true },
};

export type MoveName =
  | 'submit'
  | 'withdraw'
  | 'resubmit'
  | 'give-up'
  | 'pass'
  | 'return-to-applicant'
  | 'return-to-unit'
  | 'report'
  | 'withhold'
  | 'send-back'
  | 'accept'
  | 'request-correction'
  | 'refuse'
  | 'abandon'
  | 'record-vote'
  | 'publish'
  | 'annul'
  | 'reopen'
  | 'confirm';

/** How the mover is related to the declaration; src/policy/policy.ts says what each relation means. `system`: nobody asks for it, a job does it when its time has come. */
export type Relation = 'applicant' | 'holder-unit' | 'holder-office' | 'bureau' | 'system';

/** Conditions checked inside the transaction; src/modules/declarations/guards.ts holds one function for each. */
export type GuardName =
  | 'commitment-accepted'
  | 'form-complete'
  | 'photo-given'
  | 'unit-permitted'
  | 'not-yet-handled'
  | 'can-be-submitted-again'
  | 'has-lower-stop'
  | 'path-approved'
  | 'rank-given'
  | 'unit-publicity-over'
  | 'entrusted-evidence'
  | 'objection-upheld'
  | 'permission-gone'
  | 'committee-valid'
  | 'correction-in-time'
  | 'correction-overdue'
  | 'vote-valid'
  | 'publicity-over'
  | 'result-objections-decided'
  | 'result-objection-upheld'
  | 'recheck-granted'
  | 'signing-ready';

/** What the mover must give; each is a field of the confirm page and is kept in the event. */
export type Need = 'opinion' | 'comments' | 'reason' | 'due-date' | 'vote';

export interface Move {
  text: string;
  from: readonly StateName[];
  /** where it can lead; when there are several, the guards decide which */
  to: readonly StateName[];
  who: Relation;
  guards: readonly GuardName[];
  needs: readonly Need[];
  /** K3: the window it must fall into, by the database's clock */
  window?: 'applicant' | 'unit';
  /** the sentence on the confirm page */
  confirm: string;
  /** the sentence in the applicant's timeline */
  done: string;
  kind: 'main' | 'other' | 'danger';
  /** offered for several declarations at once in a queue */
  bulk?: true;
  /** S14: whoever makes it has given the password within the last five minutes */
  proof?: true;
  /** made on a page that decides something else as well (an objection), never by a button and a confirm page of its own */
  without?: 'button';
}

export const moves: Record<MoveName, Move> = {
  submit: {
    text: '确定申报',
    from: ['draft'],
    to: ['unit_review'],
    who: 'applicant',
    guards: ['commitment-accepted', 'form-complete', 'photo-given', 'unit-permitted'],
    needs: [],
    window: 'applicant',
    confirm: '提交后，申报数据即送达申报单位，单位处理之前可以撤回。',
    done: '确定申报',
    kind: 'main',
  },
  withdraw: {
    text: '撤回',
    from: ['unit_review'],
    to: ['draft'],
    who: 'applicant',
    guards: ['not-yet-handled', 'can-be-submitted-again'],
    needs: [],
    confirm: '撤回后可以继续修改，修改完成后须在个人申报截止时间之前重新点击「确定申报」，逾期不能再提交。',
    done: '撤回申报',
    kind: 'other',
  },
  resubmit: {
    text: '重新提交',
    from: ['returned_to_applicant', 'correction'],
    to: ['unit_review', 'office_review'],
    who: 'applicant',
    guards: ['correction-in-time', 'form-complete', 'photo-given', 'unit-permitted'],
    needs: [],
    confirm: '提交后，申报数据直接回到退回该申报的单位。',
    done: '修改后重新提交',
    kind: 'main',
  },
  'give-up': {
    text: '放弃申报',
    from: ['unit_review', 'returned_to_applicant', 'correction'],
    to: ['abandoned'],
    who: 'applicant',
    guards: ['not-yet-handled'],
    needs: [],
    confirm: '放弃后，本次申报结束，不能恢复，也不能在本批次再次申报。本年度可以在申报时间内向其他评审委员会申报。',
    done: '本人放弃申报',
    kind: 'danger',
  },
  pass: {
    text: '通过',
    from: ['unit_review', 'returned_to_unit'],
    to: ['unit_passed'],
    who: 'holder-unit',
    guards: [],
    needs: [],
    confirm: '审核通过后，请在「职称申报数据上报」中上报。',
    done: '审核通过',
    kind: 'main',
    bulk: true,
  },
  'return-to-applicant': {
    text: '退回申报人',
    from: ['unit_review', 'unit_passed', 'returned_to_unit'],
    to: ['returned_to_applicant'],
    who: 'holder-unit',
    guards: [],
    needs: ['opinion', 'comments'],
    confirm: '请一次性写明全部需要修改的内容。申报人只能修改所选的项目，重新提交后直接回到本单位。',
    done: '退回申报人修改',
    kind: 'danger',
  },
  'return-to-unit': {
    text: '退回下级单位',
    from: ['unit_review', 'unit_passed', 'returned_to_unit', 'office_review'],
    to: ['returned_to_unit'],
    who: 'holder-unit',
    guards: ['has-lower-stop'],
    needs: ['opinion'],
    confirm: '退回后由下级单位处理，处理后重新上报。排序和审核记录保留。',
    done: '退回下级单位',
    kind: 'danger',
  },
  report: {
    text: '数据上报',
    from: ['unit_passed'],
    to: ['unit_review', 'office_review'],
    who: 'holder-unit',
    guards: ['path-approved', 'unit-publicity-over', 'entrusted-evidence', 'rank-given'],
    needs: [],
    window: 'unit',
    confirm: '上报后，申报数据送达上一级，本单位不能再修改。',
    done: '数据上报',
    kind: 'main',
    bulk: true,
  },
  withhold: {
    text: '不予推荐',
    from: ['unit_passed'],
    to: ['not_recommended'],
    who: 'holder-unit',
    guards: ['objection-upheld'],
    needs: ['opinion'],
    confirm: '公示期间的异议成立的，单位不予推荐，本次申报结束，不能恢复。',
    done: '单位不予推荐',
    kind: 'danger',
    without: 'button',
  },
  'send-back': {
    text: '人社局退回',
    from: ['unit_review', 'unit_passed', 'returned_to_unit'],
    to: ['returned_to_applicant', 'returned_to_unit'],
    who: 'system',
    guards: ['permission-gone'],
    needs: ['opinion'],
    confirm: '该单位没有「职称评审」权限，由人社局将其持有的申报退回申报人或者下级单位。',
    done: '单位没有「职称评审」权限，由人社局退回',
    kind: 'danger',
  },
  accept: {
    text: '受理',
    from: ['office_review'],
    to: ['accepted'],
    who: 'holder-office',
    guards: ['committee-valid'],
    needs: [],
    confirm: '受理后进入评审。',
    done: '受理',
    kind: 'main',
    bulk: true,
  },
  'request-correction': {
    text: '退回补正',
    from: ['office_review'],
    to: ['correction'],
    who: 'holder-office',
    guards: [],
    needs: ['opinion', 'comments', 'due-date'],
    confirm: '须一次性告知全部需要补正的内容，逾期未补正的视为放弃。',
    done: '要求补正',
    kind: 'danger',
  },
  refuse: {
    text: '不予受理',
    from: ['office_review'],
    to: ['refused'],
    who: 'holder-office',
    guards: [],
    needs: ['reason', 'opinion'],
    confirm: '不予受理后，本次申报结束，不能恢复。',
    done: '不予受理',
    kind: 'danger',
    bulk: true,
  },
  abandon: {
    text: '视为放弃',
    from: ['correction'],
    to: ['abandoned'],
    who: 'system',
    guards: ['correction-overdue'],
    needs: [],
    confirm: '补正期限已过的申报由系统办理。',
    done: '逾期未补正，视为放弃',
    kind: 'danger',
  },
  'record-vote': {
    text: '登记表决结果',
    from: ['accepted'],
    to: ['voted_passed', 'voted_failed'],
    who: 'holder-office',
    guards: ['committee-valid', 'vote-valid'],
    needs: ['vote'],
    confirm: '参加人数须达到总人数的三分之二，赞成达到参加人数三分之二的为通过。下一步核对，确认后不能修改。',
    done: '登记表决结果',
    kind: 'main',
  },
  publish: {
    text: '公示',
    from: ['voted_passed'],
    to: ['publicity'],
    who: 'holder-office',
    // the vote was taken within the term: what follows from it goes on when the term is over
    guards: [],
    needs: [],
    confirm: '公示名单对外公开，公示期不少于 5 个工作日。',
    done: '评审结果公示',
    kind: 'main',
    bulk: true,
  },
  annul: {
    text: '结果作废',
    from: ['publicity'],
    to: ['voted_failed'],
    who: 'holder-office',
    guards: ['result-objection-upheld'],
    needs: ['opinion'],
    confirm: '公示期间的异议成立的，评审结果作废，本次申报按评审未通过结束，不能恢复。',
    done: '公示期间异议成立，评审结果作废',
    kind: 'danger',
    without: 'button',
  },
  reopen: {
    text: '重新评审',
    from: ['voted_failed'],
    to: ['accepted'],
    who: 'bureau',
    guards: ['recheck-granted'],
    needs: ['opinion'],
    confirm: '同意重新评审的，原表决结果不再作为本次申报的结果，由评审委员会重新评审、重新表决。',
    done: '复查：同意重新评审',
    kind: 'danger',
    without: 'button',
  },
  confirm: {
    text: '确认',
    from: ['publicity'],
    to: ['certified'],
    who: 'bureau',
    guards: ['publicity-over', 'result-objections-decided', 'signing-ready'],
    needs: [],
    confirm: '确认后生成电子证书，申报人可以下载。',
    done: '确认评审结果，生成电子证书',
    kind: 'main',
    bulk: true,
    proof: true,
  },
};

/** The moves that people make by a button: each has its confirm page. */
export const isByHand = (move: MoveName): boolean => moves[move].who !== 'system' && moves[move].without !== 'button';

export const stateNames = Object.keys(states) as StateName[];
export const moveNames = Object.keys(moves) as MoveName[];

/** The six reasons for 「不予受理」 (domain facts: Jinan 2022 notice); kept as code and text in the event. */
export const refusalReasons = [
  { code: 'conditions', text: '不符合申报条件' },
  { code: 'form', text: '不按规定填写申报材料' },
  { code: 'late', text: '逾期或者未按规定程序报送' },
  { code: 'publicity', text: '未经公示或者公示不符合要求' },
  { code: 'fraud', text: '有弄虚作假行为' },
  { code: 'other', text: '其他不符合职称政策规定的情形' },
] as const;

/** Why a state forbids a move, for the page: `尚未……`. */
export function notNow(move: MoveName, state: StateName): string {
  return `该申报当前状态为「${states[state].text}」，不能进行「${moves[move].text}」。请刷新页面查看最新状态。`;
}
