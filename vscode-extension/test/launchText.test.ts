import assert from "node:assert/strict";
import { test } from "node:test";
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
  assert.throws(() => withEnvironment(TEXT, "nobody", {}));
});

void test("line ends stay", () => {
  const text = withConfiguration(TEXT.replaceAll("\n", "\r\n"), { name: "new" });
  assert.equal(text.replaceAll("\r\n", "").includes("\n"), false);
});
