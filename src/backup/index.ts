export { makeBackup, type BackupMade } from './make-backup';
export { BackupDamagedError, restoreBackup, type RestoreOutcome } from './restore-backup';
