import { cleanFileName, extensionOf } from '../../adapters/files/file-name';

/** Names that cameras, scanners and chat programs give. */
const BY_A_MACHINE =
  /^(微信|企业微信|mmexport|wx_?camera|qq|img|dsc|dcim|pic|photo|image|picture|screenshot|截图|屏幕|scan|扫描|新建|未命名|文档|cam|camscanner|document|doc|untitled|[\d\s._()（）-]+$)/i;

/** D14: whether a name says to a reader what the file is: two Chinese characters or more, and not what a machine called it. */
export function isTelling(name: string): boolean {
  const stem = stemOf(name);
  return !BY_A_MACHINE.test(stem) && (stem.match(/\p{Script=Han}/gu) ?? []).length >= 2;
}

/** The name without its extension. */
export function stemOf(name: string): string {
  const extension = extensionOf(name);
  return extension === '' ? name : name.slice(0, -extension.length - 1);
}

/** A name as shown and stored: the words as they are, the extension of what the file really is (without dot). */
export function fileNameOf(stem: string, extension: string): string {
  return cleanFileName(`${stem}.${extension}`);
}

/** The name keeps its words and gets the extension of what the file really is. */
export function withExtension(name: string, extension: string): string {
  const own = extensionOf(name);
  return own === extension || (own === 'jpeg' && extension === 'jpg') ? name : fileNameOf(stemOf(name), extension);
}
