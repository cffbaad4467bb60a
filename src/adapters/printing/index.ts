export { findBrowser, type FindBrowserOptions, type FoundBrowser } from './find-browser';
export { fontDirs, fontFiles } from './fonts';
export {
  createPrinter,
  PrintTimeoutError,
  PrintTooLargeError,
  type Printer,
  type PrinterOptions,
  type PrinterStats,
  type PrintOptions,
} from './printer';
