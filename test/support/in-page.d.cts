declare const pageTools: () => unknown;
export = pageTools;
