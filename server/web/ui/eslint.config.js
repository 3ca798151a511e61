import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import typescript from 'typescript-eslint'
import noSwallowedFailure from './lint/no-swallowed-failure.js'

/** Where requests are made; everywhere else they go through these. */
const requests = [
  'src/shared/answers.ts',
  'src/shared/basemap.ts',
  'src/app/photos/serverPictures.ts',
  'src/outbox/send.ts',
]

/** What scripts without types find in Node and in pages. */
const globals =
  `Buffer Event File MutationObserver PerformanceObserver Response URL caches clearInterval clearTimeout console crypto document fetch indexedDB localStorage
  location navigator performance process requestAnimationFrame self setInterval setTimeout window`.split(/\s+/)

export default typescript.config(
  { ignores: ['node_modules/**', 'src/shared/api.gen.ts'] },
  js.configs.recommended,
  typescript.configs.recommended,
  vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      'no-undef': 'off', // the compiler knows
    },
  },
  {
    plugins: { local: { rules: { 'no-swallowed-failure': noSwallowedFailure } } },
    rules: {
      'local/no-swallowed-failure': 'error',
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['warn'] }],
      // How lines are broken is prettier's.
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always', normal: 'always', component: 'always' } }],
      'vue/max-attributes-per-line': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      // A v-memo stands on the element of its own v-for; that there is another v-for around it is all that this rule sees.
      'vue/valid-v-memo': 'off',
      // A prop that may be missing is missing; and a component is named for what it is, which may be one word.
      'vue/require-default-prop': 'off',
      'vue/multi-word-component-names': 'off',
    },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    ignores: [...requests, '**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Ask by answer() or answerTo() of shared/answers.ts: a failure must be in hand.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: ":not(CallExpression[callee.name='answer']) > CallExpression[callee.object.name='api']",
          message:
            'Ask by answer(api.…) of shared/answers.ts: without it no answer at all is an exception that nobody shows.',
        },
      ],
    },
  },
  {
    // A story polls: no answer of a server that is starting is "not yet".
    files: ['e2e/**', 'lint/**', '*.js'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/explicit-function-return-type': 'off',
      'local/no-swallowed-failure': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: Object.fromEntries(globals.map((name) => [name, 'readonly'])) },
  },
)
