import type { Site } from '../test/support/site';
import { newPage, setScene, type Scene } from './page-cost';
import type { Measure, Measured } from './measures';

const LIMITS = { bytes: 14 * 1024, requests: 3, bytesWithScripts: 40 * 1024 };

interface Cost {
  requests: number;
  /** bodies, compressed */
  bytes: number;
  /** heads too */
  bytesWithHeads: number;
}

/** What the browser fetches for a page, as it comes over the line. */
async function costOf(site: Site, scene: Scene, address: string, isSignedIn: boolean, scripts: boolean): Promise<Cost> {
  const { page, line, close } = await newPage(scene, site, isSignedIn ? scene.applicant : undefined, scripts);
  let requests = 0;
  let heads = 0;
  let bytesWithHeads = 0;
  line.on('Network.requestWillBeSent', () => void requests++);
  line.on('Network.responseReceivedExtraInfo', (e) => void (heads += e.headersText?.length ?? 0));
  line.on('Network.loadingFinished', (e) => void (bytesWithHeads += e.encodedDataLength));
  const answer = await page.goto(site.base + address, { waitUntil: 'networkidle0' });
  if (answer?.status() !== 200) throw new Error(`${address}: ${answer?.status()}`);
  await close();
  return { requests, bytes: bytesWithHeads - heads, bytesWithHeads };
}

/** M9: what an applicant's first pages weigh, compressed, with an empty cache: without scripts at most 14 KB in 3 requests, with them 40 KB. The icon of the window is not among them. */
export async function m9(site: Site): Promise<Measured> {
  const scene = await setScene(site);
  try {
    const pages = [];
    const measures: Measure[] = [];
    for (const [address, isSignedIn] of [['/sign-in', false], ['/home', true]] as const) {
      const plain = await costOf(site, scene, address, isSignedIn, false);
      const full = await costOf(site, scene, address, isSignedIn, true);
      measures.push(
        { what: `${address} without scripts`, value: plain.bytes, unit: 'bytes', goal: { atMost: LIMITS.bytes } },
        { what: `${address} without scripts, requests`, value: plain.requests, goal: { atMost: LIMITS.requests } },
        { what: `${address} with scripts`, value: full.bytes, unit: 'bytes', goal: { atMost: LIMITS.bytesWithScripts } },
      );
      pages.push({ address, plain, full });
    } // prettier-ignore
    return { measures, pages };
  } finally {
    await scene.browser.close();
  }
}
