import base from './jest.config.cjs';

/** `npm run test:faults`: what kills and starves processes, files and connections; one after another, since each needs the machine for itself. */
export default { ...base, testMatch: ['<rootDir>/test/faults/**/*.fault.ts'], maxWorkers: 1, testTimeout: 180_000 };
