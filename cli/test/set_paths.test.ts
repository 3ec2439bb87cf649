import assert from "node:assert/strict";
import { test } from "node:test";
import { remove, set } from "../src/set_paths.ts";

const made = (): Record<string, any> => ({
  id: "e",
  data: { result: { images: [{ url: "a" }] }, cost: "0.01", errors: null },
});

function after(...texts: string[]) {
  const body = made();
  for (const text of texts) set(body, text);
  return body;
}

test("a path leads through names and places, and what is missing on the way is made", () => {
  assert.equal(
    after("data.result.images[0].url=https://x.example/a.png?b=c").data.result.images[0].url,
    "https://x.example/a.png?b=c",
  );
  assert.deepEqual(after("data.result.images[1].url=b").data.result.images, [{ url: "a" }, { url: "b" }]);
  assert.deepEqual(after("data.request.tags[0]=x").data.request, { tags: ["x"] });
  assert.deepEqual(after("data.errors[0].code=c").data.errors, [{ code: "c" }]);
  assert.deepEqual(after('data["a.b"].c=1').data["a.b"], { c: 1 });
});

test("a value is JSON where it is JSON, and otherwise text", () => {
  const values = {
    "0.03": 0.03,
    '"0.03"': "0.03",
    true: true,
    null: null,
    '{"a":[1]}': { a: [1] },
    "a fox": "a fox",
    "": "",
    "01": "01",
  };
  for (const [text, value] of Object.entries(values)) assert.deepEqual(after(`data.x=${text}`).data.x, value, text);
});

test("a later --set sees what an earlier one has made", () => {
  assert.deepEqual(after("x[0]=1", "x[1]=2").x, [1, 2]);
});

test("a path that leads nowhere says where it ends", () => {
  const errors: Record<string, RegExp> = {
    "data.x": /^--set data\.x: it must be path=value/,
    "": /at its beginning there is no name/,
    "=1": /at its beginning there is no name/,
    ".data=1": /at its beginning there is no name/,
    "data..x=1": /after "data" there is no name/,
    "data.=1": /after "data" there is no name/,
    "data.result.images[x]=1": /after "data\.result\.images" there is no name/,
    "data.result.images[-1]=1": /after "data\.result\.images"/,
    "data.result.images[0=1": /after "data\.result\.images"/,
    "data.result.images[0]url=1": /after "data\.result\.images\[0\]"/,
    "data.result.images[2].url=1": /data\.result\.images has 1 in it: the next place is \[1\]/,
    "data.result.images.url=1": /data\.result\.images is a list: name a place in it/,
    "data[0]=1": /data is an object: it has names, and no \[0\]/,
    "[0]=1": /the body is an object/,
    "data.cost.total=1": /data\.cost is "0\.01", and nothing can be in it/,
  };
  for (const [text, why] of Object.entries(errors))
    assert.throws(
      () => set(made(), text),
      (error: any) => error.exit === 2 && why.test(error.message) && !!error.message,
      text,
    );
});

test("no path changes what all objects have", () => {
  const body = after("__proto__.polluted=1", "constructor.prototype.polluted=1");
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(JSON.parse(JSON.stringify(body)).constructor.prototype.polluted, 1);
});

test("--remove takes away what is there", () => {
  const body = made();
  remove(body, "data.result.images[0]");
  remove(body, "data.cost");
  remove(body, "data.nothing.deeper");
  assert.deepEqual(body, { id: "e", data: { result: { images: [] }, errors: null } });
  assert.throws(() => remove(body, "data.cost=1"), /it must be a path alone/);
});
