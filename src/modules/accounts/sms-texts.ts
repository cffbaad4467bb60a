import { findSmsState } from '../../adapters/sms';
import type { Deps } from '../../deps';
import { maskMobile } from '../../lib/mask';
import { secondsToWait, type CodeVerdict, type SentCode } from './sms-code';
import { CODE_MINUTES } from './sms-code.store';

/** A length of time as people say it, never shorter than it is. */
function duration(seconds: number): string {
  if (seconds <= 90) return `${seconds} 秒`;
  return seconds <= 5400 ? `${Math.ceil(seconds / 60)} 分钟` : `${Math.ceil(seconds / 3600)} 小时`;
}

/** Why no code was sent; undefined when one was. */
export function sendingProblem(sent: SentCode): string | undefined {
  switch (sent.kind) {
    case 'sent':
      return undefined;
    case 'busy':
      return '短信发送繁忙，请稍后再点击「获取验证码」';
    case 'limited': {
      const wait = duration(sent.seconds);
      if (sent.count === 1) return `获取过于频繁，请 ${wait}后再点击「获取验证码」`;
      return `该手机号码${sent.count === 5 ? ' 1 小时' : ' 24 小时'}内已获取 ${sent.count} 次验证码，请 ${wait}后再试`;
    }
  }
}

/** What is wrong with a typed code; undefined when it is right. */
export function codeProblem(verdict: CodeVerdict): string | undefined {
  switch (verdict.kind) {
    case 'right':
      return undefined;
    case 'wrong':
      return `「短信验证码」不正确，还可以尝试 ${verdict.left} 次`;
    case 'gone':
      return '「短信验证码」不正确或者已经失效，请点击「获取验证码」重新获取';
  }
}

/** Where a demonstration's messages can be read. Nowhere else: a real gateway, or a site that is no demonstration, says nothing. */
export const demoHint = (deps: Deps): string | undefined =>
  deps.config.demo && deps.sms.kind === 'outbox' ? '演示环境：短信内容可由技术支持账号在「短信记录」中查看' : undefined;

/** When the next code may be asked for. */
export async function waitText(deps: Deps, mobile: string): Promise<string> {
  const wait = await secondsToWait(deps, mobile);
  return wait > 0 ? `没有收到的，${duration(wait)}后可以重新获取` : '没有收到的，可以重新获取';
}

/**
 * F18: what stands beside the field after a code was sent: where to, how long to wait for another one, and that the gateway is down when it is. Not for
 * pages that must not tell whether there was a message at all (S05).
 */
export async function sentNotes(deps: Deps, mobile: string, messageId: string | undefined): Promise<string[]> {
  const [again, message] = await Promise.all([
    waitText(deps, mobile),
    messageId === undefined ? undefined : findSmsState(deps.db, messageId),
  ]);
  if (message?.state === 'refused') return ['短信未能发出，请核对手机号码后重新获取'];
  if (message?.state === 'expired') return ['短信未能及时发出，请重新获取'];
  if (message?.state === 'waiting' && message.tries > 0) return [`短信通道暂时不通，系统正在自动重发，请稍候；${again}`];
  return [`短信验证码已发送到 ${maskMobile(mobile)}，${CODE_MINUTES} 分钟内有效；${again}`];
}
