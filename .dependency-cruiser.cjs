/**
 * Which way imports may point. http and cli -> use cases and stores -> rules -> nothing; platform holds no domain word.
 */
const PURE_RULES = [
  'src/messages/(encoding|template(?!-store)[a-z-]*|outcome-sentences)\\.ts$',
  'src/compliance/(opt-out|consent|keywords|normalise|quiet-hours|zones|area-codes).*\\.ts$',
  'src/.*/decide-.*\\.ts$',
];
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one idea: merge them or move what they share.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-knows-no-domain',
      comment: 'platform/ is what any server needs; a domain word in it would tie every feature to one.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(?!platform/)' },
    },
    {
      name: 'rules-do-no-io',
      comment: 'A pure rule gets time, chance and rows as arguments; a store or a Node module here would end that.',
      severity: 'error',
      from: { path: PURE_RULES, pathNot: ['\\.test\\.ts$', '-store\\.ts$'] },
      to: {
        path: [
          '-store\\.ts$',
          '^src/platform/(database|jobs|config|log|embedded)',
          '^node:',
          '^(fs|net|http|crypto|child_process)$',
          'node_modules/(pg|kysely|pino|hono)/',
        ],
      },
    },
    {
      name: 'features-know-no-shell',
      comment: 'http and cli parse, call one use case and render; a use case that imports them cannot serve the other.',
      severity: 'error',
      from: { path: '^src/(?!http/|cli/|main\\.ts|demo/)' },
      to: { path: '^src/(http|cli)/' },
    },
    {
      name: 'engine-knows-only-the-port',
      comment:
        'Adapters are chosen in gateways/adapters.ts for main.ts and cli/; the engine and everything else speak to gateways/gateway.ts.',
      severity: 'error',
      from: { path: '^src/(?!gateways/|main\\.ts|demo/|cli/)', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/gateways/((quo|twilio|sandbox)/|adapters\\.ts)' },
    },
    {
      name: 'product-never-imports-the-sandbox',
      comment:
        'The sandbox is the outside world: the product may reach it over the wire only. main.ts (docs/decisions/0010) and the demo start it.',
      severity: 'error',
      from: { path: '^src/(?!gateways/sandbox/|demo/|cli/|main\\.ts)', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/gateways/sandbox/' },
    },
    {
      name: 'sandbox-knows-no-product',
      comment: 'A simulated gateway that shares code with the product would agree with its mistakes.',
      severity: 'error',
      from: { path: '^src/gateways/sandbox/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(?!gateways/sandbox/|platform/)' },
    },
    {
      name: 'tests-stay-outside',
      comment: 'Production code must run without its tests.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: ['\\.test\\.ts$', '^test/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
