import assert from "node:assert/strict";
import { test } from "node:test";
import { OutputLines } from "../src/outputLines";

/** What stands in the channel after these. */
function shown(write: (lines: OutputLines) => void): string {
  let text = "";
  write(
    new OutputLines({
      append: (more) => {
        text += more;
      },
    }),
  );
  return text;
}

void test("a line that comes in pieces is one", () => {
  const text = shown((lines) => {
    lines.write("a", "load");
    lines.write("a", "");
    lines.write("a", "ing\nnext\n");
  });
  assert.equal(text, "loading\nnext\n");
});

void test("nothing is joined to a line of another, or of ours", () => {
  const text = shown((lines) => {
    lines.write("a", "which? ");
    lines.write("b", "here\n");
    lines.write("a", "loading");
    lines.say("ready");
    lines.say("over");
    lines.write("a", " done\n");
  });
  assert.equal(text, "which? \nhere\nloading\n-- ready\n-- over\n done\n");
});
