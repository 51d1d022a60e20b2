import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { namesInFile } from "../src/envFile";

void test("names of a file of variables, as debuggers read it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "env-file-"));
  try {
    const file = join(folder, ".env");
    await writeFile(file, "# A=1\nDATABASE_URL=localhost\n\nexport TOKEN = 'x=y'\r\n  my.name=1\nno variable\n");
    assert.deepEqual(await namesInFile(file), ["DATABASE_URL", "TOKEN", "my.name"]);
    assert.deepEqual(await namesInFile(join(folder, "none")), []);
    assert.deepEqual(await namesInFile(undefined), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});
