import type Sharp from 'sharp';

/** The library that decodes and draws pictures, loaded by the first one (M14). */
export function sharp(): typeof Sharp {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at the start
  const library = require('sharp') as typeof Sharp;
  // No picture is worked on twice, so a cache of decoded pictures would only hold memory.
  library.cache(false);
  return library;
}
