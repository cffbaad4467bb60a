/** What is wrong with a login name, or undefined: 4 to 20 letters, digits and underscores, beginning with a letter. */
export function loginNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return '「登录名」须以英文字母开头';
  return /^[A-Za-z][A-Za-z0-9_]{3,19}$/.test(name) ? undefined : '「登录名」须为 4 至 20 位英文字母、数字或者下划线';
}
