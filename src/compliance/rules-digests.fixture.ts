/**
 * What each published version said when it was published. What has decided something must not say something else afterwards: a version
 * that is here is never edited. A new one gets its line.
 */
export const PUBLISHED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'quiet-hours.json': {
    '2025-01': 'a02ce0c778e095cccb67afe6cfda4892577c388ac691d157dbe67d2e24c7ec3d',
    '2025-09': '40627c8daded3b8bc022210c08ecfa308f03c83385e660e8a76bf31d204b9909',
    '2026-01': '52ec750303ae9a51e428ae6674edcae2524606b709ad41a95a4f07afcb48132e',
  },
  'holidays.json': {
    '2026-01': 'a798c0c6aa8b5666f9be0fb0a2fc6a2663aeae4085d40a2049c784080fd13d1b',
  },
  'opt-out.json': {
    '2025-04': 'b92b07b1ea9d9259f915f557057e2488b7606cc9f90d6ce9059436e061373b00',
  },
  'keywords.json': {
    '2026-11': 'e673c29a859d7ceab6e65ba96ca9a51b2d8c649426d566732ce9df1d8f7d4f54',
  },
  'consent.json': {
    '2026-01': '1136850f399ae7d8f89215136ec36bf5b83dc3ee32c6283d9bc459c9e6e1354f',
  },
  'do-not-call.json': {
    '2026-01': '71fe26e266259e39c249b003a7d8505bed9caff90952fa4294037fd2212790e6',
  },
  'reassigned-numbers.json': {
    '2026-01': '861f889c9460c82367ad3cd97b19f3bd7c979b805d3ed787697c4c044963e646',
  },
  'scrub-codes.json': {
    '2026-01': 'd7c110f80c1d34b8ad3146bd60a269251cddda5ad8dffab721fff388fb1f13f3',
  },
  'content.json': {
    '2026-11': '83608ea17162b337db6b75e2c0c325d661381f65cf3d6f35f55ef79f8bb93a59',
  },
  'opt-out-rate.json': {
    '2026-11': '0a51bf78f2f5a3ebdf57c1bf79db9dc69ce905f6d261c01c6b9c8e7b739199ba',
  },
  'retention.json': {
    '2026-01': 'dd80ef1e355d819bfae39d2dce6f896f2c9d7428f6974205bb7360a54046de7c',
    '2026-11': '77b08cff25f19f3adb2f37298abb2a3a832e98b60318f6ae9e98b9ed71005606',
  },
  'area-codes.ts': {
    'nanp-2026-06': '749d4d0016cc1446377b1b01cc6349fb3d1b51e2b5427b227b1b4c3d2809a437',
  },
};
