import type * as QRCode from 'qrcode';

const OPTIONS = { errorCorrectionLevel: 'M', margin: 4 } as const;

// eslint-disable-next-line @typescript-eslint/no-require-imports -- only a process that draws one loads it
const library = (): typeof QRCode => require('qrcode') as typeof QRCode;

/** A QR code as a PNG of about `width` pixels. */
export function qrPng(text: string, width = 300): Promise<Buffer> {
  return library().toBuffer(text, { ...OPTIONS, type: 'png', width });
}

/** A QR code as an SVG document, sharp at every printed size. */
export function qrSvg(text: string): Promise<string> {
  return library().toString(text, { ...OPTIONS, type: 'svg' });
}
