// The browser comes inside an npm package (see src/adapters/printing): nothing is downloaded at install time.
module.exports = { skipDownload: true };
