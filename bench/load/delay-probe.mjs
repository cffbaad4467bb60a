/* Loaded before the site: on SIGUSR2 it writes how long the event loop was held up since the last time (ms) into DELAY_FILE. */
import fs from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

const RESOLUTION = 2;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();
process.on('SIGUSR2', () => {
  const ms = (share) => Math.round(Math.max(0, delay.percentile(share) / 1e6 - RESOLUTION) * 10) / 10;
  const told = { p50: ms(50), p90: ms(90), p99: ms(99), max: ms(100) };
  delay.reset();
  fs.writeFileSync(`${process.env.DELAY_FILE}.part`, JSON.stringify(told));
  fs.renameSync(`${process.env.DELAY_FILE}.part`, process.env.DELAY_FILE);
});
