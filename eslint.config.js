// How JavaScript is checked: eslint's own recommended rules, and what keeps modules short and plain.
import js from "@eslint/js"
import globals from "globals"

const inPage = ["ui/**/*.js"]
const inWorker = ["ui/browser/js/*_worker.js"]
const inWorklet = ["ui/browser/js/*_worklet.js"]
// Pages that are opened from the disk: classic scripts, since such a page loads no modules.
const fromDisk = ["assets/{kit,report}/*.js"]
const inTests = ["tests/js/**/*.js"]

export default [
  { ignores: [".venv/", "distill_home/", "test-results/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always"],
      "max-lines": ["error", 250],
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-implicit-coercion": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-promise-executor-return": "off",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Build elements: names come from visitors." },
        { property: "outerHTML", message: "Build elements: names come from visitors." },
        { property: "insertAdjacentHTML", message: "Build elements: names come from visitors." },
        { object: "crypto", property: "randomUUID", message: "It is missing where the page is plain http." },
      ],
      "no-throw-literal": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      // How it looks; npm run format repairs it.
      "arrow-parens": ["error", "as-needed"],
      "comma-dangle": ["error", "always-multiline"],
      "eol-last": "error",
      indent: ["error", 2, { SwitchCase: 1, ignoredNodes: ["ConditionalExpression"] }],
      "max-len": ["error", { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true }],
      "no-multiple-empty-lines": ["error", { max: 1 }],
      "no-trailing-spaces": "error",
      quotes: ["error", "double", { avoidEscape: true }],
      semi: ["error", "never"],
    },
  },
  { files: inPage, languageOptions: { globals: globals.browser } },
  { files: inWorker, languageOptions: { globals: globals.worker } },
  { files: inWorklet, languageOptions: { globals: globals.audioWorklet } },
  {
    files: fromDisk,
    languageOptions: { sourceType: "script", globals: { ...globals.browser, ort: "readonly", Plotly: "readonly" } },
  },
  { files: inTests, languageOptions: { globals: globals.node } },
]
