#!/usr/bin/env node
// Only what any Node reads: one that is too old has to hear that, and not of a syntax error.

const NEEDED = [22, 12];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  import("./dist/main.js");
} else {
  console.error(`taskwire needs Node ${NEEDED.join(".")} or newer, and this is ${process.versions.node}.`);
  process.exitCode = 1;
}
