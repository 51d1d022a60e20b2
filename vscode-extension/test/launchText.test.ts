import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "jsonc-parser";
import { names, withConfiguration, withEnvironment } from "../src/launchText";

const TEXT = `{
    // who reads this
    "version": "0.2.0",
    "configurations": [
        {
            "name": "echo", // the first
            "type": "node",
            "env": { "PORT": "1" /* mine */ },
        },
        { "name": "other" }
    ]
}
`;

void test("a configuration is added at the end and comments stay", () => {
  const text = withConfiguration(TEXT, { name: "new", type: "telelens" });
  assert.deepEqual(names(text), ["echo", "other", "new"]);
  for (const comment of ["// who reads this", "// the first", "/* mine */"]) assert.ok(text.includes(comment));
  assert.ok(text.startsWith(TEXT.slice(0, TEXT.indexOf('{ "name": "other" }'))));
});

void test("without a file there is one afterwards", () => {
  assert.deepEqual(names(withConfiguration("", { name: "new" })), ["new"]);
  assert.deepEqual(names(withConfiguration("{}", { name: "new" })), ["new"]);
});

void test("variables are added; own ones and comments stay", () => {
  const text = withEnvironment(TEXT, "echo", { PORT: "8080", MOTTO: 'two\n"lines"' });
  assert.ok(text.includes('"PORT": "1"'));
  assert.ok(text.includes("/* mine */"));
  assert.ok(text.includes(String.raw`"MOTTO": "two\n\"lines\""`));
  assert.ok(text.includes("// the first"));
  assert.ok(withEnvironment(TEXT, "other", { A: "b" }).includes('"A": "b"'));
  assert.ok(withEnvironment(TEXT.replace('"other"', '"other", "env": null'), "other", { A: "b" }).includes('"A": "b"'));
  assert.throws(() => withEnvironment(TEXT, "nobody", {}));
});

void test("debuggers of C++ get a list", () => {
  const text = `{ "configurations": [
    { "name": "a", "type": "cppdbg", "environment": [{ "name": "A", "value": "own" } /* mine */] },
    { "name": "b", "type": "cppvsdbg" },
    { "name": "c", "type": "cppdbg", "environment": null }
  ] }`;
  const pod = { A: "pod", B: "two" };
  const all = [
    { name: "A", value: "pod" },
    { name: "B", value: "two" },
  ];
  const [a, b, c] = ["a", "b", "c"].map((name) => withEnvironment(text, name, pod));
  assert.ok(a?.includes("/* mine */"));
  assert.deepEqual(environmentsOf(a), [[{ name: "A", value: "own" }, all[1]], undefined, null]);
  assert.deepEqual(environmentsOf(b)[1], all);
  assert.deepEqual(environmentsOf(c)[2], all);
});

/** Of each configuration; none has a mapping. */
function environmentsOf(text: string | undefined): unknown[] {
  const { configurations } = parse(text ?? "") as { configurations: { env?: unknown; environment?: unknown }[] };
  assert.ok(configurations.every(({ env }) => env === undefined));
  return configurations.map(({ environment }) => environment);
}

void test("line ends stay", () => {
  const text = withConfiguration(TEXT.replaceAll("\n", "\r\n"), { name: "new" });
  assert.equal(text.replaceAll("\r\n", "").includes("\n"), false);
});
