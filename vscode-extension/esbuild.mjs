// One file for the extension host; with --tests, one per test file for node's own test runner, where there is no editor.
import { build } from "esbuild";
import { readdirSync } from "node:fs";

const tests = process.argv.includes("--tests");
await build({
  entryPoints: tests
    ? readdirSync("test")
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => `test/${name}`)
    : ["src/extension.ts"],
  outdir: tests ? "dist-test" : "dist",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: tests ? [] : ["vscode"],
  // The client is made of the editor's classes; the protocol alone has all that is said by it.
  alias: tests
    ? { vscode: "./test/vscode.ts", "vscode-languageclient/node": "vscode-languageserver-protocol/node" }
    : {},
  minify: !tests,
  sourcemap: tests ? "inline" : false,
  logLevel: "warning",
  // The UMD builds hide their requires from the bundler.
  mainFields: ["module", "main"],
});
