// What a dialog says before something is deleted.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Content, Image, Task } from "@taskwire/client";
import { nameOf, wordsOf } from "../src/deletion.ts";

const FOR_GOOD = "This cannot be undone.";

function task(changes: Partial<Task>, urls: (string | null)[] = []): Task {
  return {
    prompt: "A fox in the snow",
    kind: "image.generate",
    status: "completed",
    images: urls.map((url) => ({ url }) as Image),
    ...changes,
  } as Task;
}

const content = { title: "A keeper", body: "It is dark." } as Content;

test("a task is named by its pictures and its prompt, and what stays elsewhere is said", () => {
  const url = "https://pictures.example/1.png";
  assert.deepEqual(wordsOf({ task: task({}, [url, url, url, null]) }).lines, [
    `4 pictures and the prompt of “A fox in the snow”. ${FOR_GOOD}`,
    "Picture files at the provider’s own address are not removed by this.",
  ]);
});

test("a task that is running says that it may be paid for all the same", () => {
  const { lines } = wordsOf({ task: task({ status: "pending" }, [null]) });
  assert.equal(lines[0], `1 picture and the prompt of “A fox in the snow”. ${FOR_GOOD}`);
  assert.match(lines[1] ?? "", /still running.*may charge/);
  assert.equal(lines.length, 2);
});

test("a task without pictures or without a prompt is named by what it has", () => {
  const first = (it: Task) => wordsOf({ task: it }).lines[0];
  assert.match(first(task({ kind: "image.alt", prompt: null })) ?? "", /^The result of the task “Image alt”\./);
  assert.match(first(task({ kind: "video.generate" })) ?? "", /^The prompt and the result of “A fox in the snow”\./);
  assert.match(first(task({ kind: "image.upscale", prompt: null }, [null])) ?? "", /^1 picture of the task “Image/);
});

test("a row is named by its title", () => {
  assert.equal(wordsOf({ content }).lines[0], `The text of “A keeper” and its data. ${FOR_GOOD}`);
  assert.equal(nameOf({ content }), "A keeper");
});

test("everything names tasks, pictures and results, and what is not removed", () => {
  const { lines, confirm } = wordsOf("everything");
  const text = lines.join(" ");
  for (const part of ["tasks", "pictures", "results", FOR_GOOD, "provider’s own address are not removed"])
    assert.ok(text.includes(part), part);
  assert.equal(confirm, "Delete everything");
});

test("a long prompt is shortened, between characters", () => {
  const name = nameOf({ task: task({ prompt: `${"🦊".repeat(400)}\n and more` }) });
  assert.equal(name, `${"🦊".repeat(160)}…`);
  assert.equal(nameOf({ task: task({ prompt: "one\n  two" }) }), "one two");
});
