import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Generation } from "../../options.ts";
import { call, create, start, startReceiver } from "../receiver.ts";

const REQUEST = {
  prompt: "tea [partial]",
  model: "m/1",
  count: 2,
  metadata: { imageRowIds: ["a", "b"], snake_case: 1 },
};

/** One task from create to webhook and poll; ids and times replaced by what they are. */
async function story(t: TestContext, generation: Generation, request: object = REQUEST) {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { generation, webhookUrl: receiver.url });
  const created = await call(emulator, "/image/generate", request);
  await emulator.until(() => emulator.deliveries.length > 0);
  const id = [...emulator.tasks.keys()][0] as string;
  const [full, status, result, list] = await Promise.all(
    [`/tasks/${id}`, `/tasks/${id}/status`, `/tasks/${id}/result`, "/tasks"].map((path) => call(emulator, path)),
  );
  const plain = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll(emulator.url, "")
        .replace(/\b(tsk|img|evt|pat)_[0-9A-Z]{26}\b/g, "$1")
        .replace(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, "time"),
    );
  const delivery = receiver.received[0];
  assert.ok(delivery && full && status && result && list);
  return {
    created: { status: created.status, body: plain(created.body) },
    webhook: plain(JSON.parse(delivery.body)),
    headers: delivery.headers,
    full: plain(full.body),
    status: plain(status.body),
    result: plain(result.body),
    list: plain(list.body),
  };
}

const EARLY_RESULT = {
  model: "m/1",
  images: [
    { status: "succeeded", id: "img", url: "/images/img.png", cost: "0.01250000" },
    { status: "failed", error: "The image could not be generated." },
  ],
  cost: { images: "0.01000000", total: "0.01250000" },
};

const CAMEL_TASK = {
  id: "tsk",
  type: "image.generate",
  status: "completed",
  request: REQUEST,
  errors: null,
  cost: "0.01250000",
  userId: "usr_emulator",
  apiKeyId: "key_emulator",
  createdAt: "time",
  updatedAt: "time",
};

const CAMEL_LIST = {
  data: [{ id: "tsk", type: "image.generate", status: "completed", cost: "0.01250000", createdAt: "time" }],
};

for (const [generation, event] of [
  ["g1", "task.image.completed"],
  ["g2", "task.image.generate.completed"],
] as const) {
  test(`${generation} speaks unwrapped camelCase and says succeeded`, async (t) => {
    const told = await story(t, generation);
    assert.deepEqual(told.created, { status: 201, body: { taskId: "tsk", access: { publicAccessToken: "pat" } } });
    assert.deepEqual(told.webhook, { event, task: { id: "tsk" }, request: REQUEST, result: EARLY_RESULT });
    assert.equal(told.headers["x-mynth-event"], event);
    assert.match(String(told.headers["x-mynth-signature"]), /^t=\d{10},v1=[0-9a-f]{64}$/);
    assert.equal(told.headers["x-mynth-delivery"], undefined);
    assert.equal(told.headers["webhook-id"], undefined);
    assert.deepEqual(told.full, { ...CAMEL_TASK, result: EARLY_RESULT });
    assert.deepEqual(told.status, { status: "completed" });
    assert.deepEqual(told.result, EARLY_RESULT);
    assert.deepEqual(told.list, CAMEL_LIST);
  });
}

test("g3 wraps replies in data, says success, and names its delivery", async (t) => {
  const told = await story(t, "g3");
  const result = {
    model: "m/1",
    images: [
      { status: "success", id: "img", url: "/images/img.png", size: "512x512", format: "png", cost: "0.01250000" },
      { status: "failed", error: { code: "GENERATION_FAILED" } },
    ],
    cost: { images: "0.01000000", total: "0.01250000" },
  };
  assert.deepEqual(told.created.body, {
    data: { taskId: "tsk", estimatedCost: "0.02500000", access: { publicAccessToken: "pat" } },
  });
  assert.deepEqual(told.webhook, {
    event: "task.image.generate.completed",
    task: { id: "tsk", cost: "0.01250000" },
    request: REQUEST,
    result,
  });
  assert.match(String(told.headers["x-mynth-delivery"]), /^evt_/);
  assert.match(String(told.headers["x-mynth-signature"]), /^t=\d{10},v1=[0-9a-f]{64}$/);
  assert.deepEqual(told.full, { data: { ...CAMEL_TASK, result } });
  assert.deepEqual(told.status, { data: { status: "completed" } });
  assert.deepEqual(told.result, { data: result });
  assert.deepEqual(told.list, CAMEL_LIST);
});

test("g4 is snake_case in a Standard Webhooks envelope that holds the full task", async (t) => {
  const told = await story(t, "g4");
  const result = {
    model: "m/1",
    images: [
      { status: "success", id: "img", url: "/images/img.png", size: "512x512", format: "png", cost: "0.01250000" },
      { status: "failed", error: { code: "generation_failed" } },
    ],
  };
  const { userId, apiKeyId, createdAt, updatedAt, ...common } = CAMEL_TASK;
  const data = {
    ...common,
    result,
    user_id: userId,
    api_key_id: apiKeyId,
    created_at: createdAt,
    updated_at: updatedAt,
  };
  assert.deepEqual(told.created.body, {
    data: { task_id: "tsk", estimated_cost: "0.02500000", public_access_token: "pat" },
  });
  assert.deepEqual(told.webhook, { id: "evt", type: "task.image.generate.completed", timestamp: "time", data });
  assert.match(String(told.headers["webhook-id"]), /^evt_[0-9A-Z]{26}$/);
  assert.match(String(told.headers["webhook-timestamp"]), /^\d{10}$/);
  assert.match(String(told.headers["webhook-signature"]), /^v1,[\w+/]{43}=$/);
  assert.equal(told.headers["x-mynth-signature"], undefined);
  assert.deepEqual(told.full, { data });
  assert.deepEqual(told.status, { data: { status: "completed" } });
  assert.deepEqual(told.result, { data: result });
  assert.deepEqual(told.list, {
    data: [{ id: "tsk", type: "image.generate", status: "completed", cost: "0.01250000", created_at: "time" }],
  });
});

const MESSAGE = "The prompt was refused by the content policy.";

test("a failure carries its reasons in each generation's own case, and never a result", async (t) => {
  const request = { prompt: "tea [fail]" };
  const upper = [{ code: "RESTRICTED_CONTENT", message: MESSAGE }];
  const [g1, g3, g4] = await Promise.all([story(t, "g1", request), story(t, "g3", request), story(t, "g4", request)]);
  assert.deepEqual(g1.webhook, { event: "task.image.failed", task: { id: "tsk" }, request, errors: upper });
  assert.deepEqual(g3.webhook, { event: "task.image.generate.failed", task: { id: "tsk" }, request, errors: upper });
  assert.equal(g4.webhook.type, "task.image.generate.failed");
  const { status, result, cost, errors } = g4.webhook.data;
  assert.deepEqual(
    { status, result, cost, errors },
    { status: "failed", result: null, cost: null, errors: [{ code: "restricted_content", message: MESSAGE }] },
  );
});

test("a silent failure has no errors field before g4 and null in it", async (t) => {
  const request = { prompt: "tea [fail-silent]" };
  const [g2, g4] = await Promise.all([story(t, "g2", request), story(t, "g4", request)]);
  assert.deepEqual(g2.webhook, { event: "task.image.generate.failed", task: { id: "tsk" }, request });
  assert.equal(g4.webhook.data.errors, null);
});

test("only the provider's own fields change case in the echoed request", async (t) => {
  const request = { prompt: "tea", negative_prompt: "milk", metadata: { row_ids: [1], rowIds: [2] } };
  const told = await story(t, "g3", request);
  assert.deepEqual(told.webhook.request, {
    prompt: "tea",
    negativePrompt: "milk",
    metadata: { row_ids: [1], rowIds: [2] },
  });
});

test("g4 lists every issue of a bad request, g3 names a field, g2 says it in words", async (t) => {
  const emulator = await start(t);
  const bad = {
    prompt: "",
    count: 21,
    negativePrompt: "milk",
    metadata: "x".repeat(2047),
    inputs: Array(21).fill("x"),
    webhook: { custom: Array(6).fill({ url: "http://127.0.0.1:9/" }) },
  };
  const g4 = await call(emulator, "/image/generate", bad);
  assert.equal(g4.status, 400);
  assert.equal(g4.body.error.code, "validation_error");
  assert.deepEqual(
    g4.body.error.issues.map((issue: { path: string }) => issue.path),
    ["negativePrompt", "prompt", "count", "inputs", "metadata", "webhook.custom"],
  );
  emulator.options.generation = "g3";
  const g3 = await call(emulator, "/image/generate", bad);
  assert.deepEqual(g3.body, {
    error: { code: "VALIDATION_ERROR", message: "The request is not valid.", field: "prompt" },
  });
  emulator.options.generation = "g2";
  const g2 = await call(emulator, "/image/generate", bad);
  assert.deepEqual(g2.body, { error: "The request is not valid.", code: "VALIDATION_ERROR" });
  assert.equal(emulator.tasks.size, 0);
});

test("limits are inclusive: the largest request is taken", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  await create(emulator, {
    prompt: "🍵".repeat(8192),
    count: 20,
    metadata: "x".repeat(2046),
    inputs: Array(20).fill("x"),
    webhook: { custom: Array(5).fill({ url: "http://127.0.0.1:9/" }) },
  });
  assert.equal((await call(emulator, "/image/generate", { prompt: "x".repeat(8193) })).status, 400);
  assert.equal((await call(emulator, "/image/generate", "not json")).status, 400);
});

test("a wrong key is refused everywhere but at /models, and a task's own token reads that task only", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  const [mine, other] = [await create(emulator, { prompt: "one" }), await create(emulator, { prompt: "two" })];
  const token = emulator.tasks.get(mine)?.publicAccessToken;
  for (const path of ["/tasks", `/tasks/${mine}`, "/tasks/tsk_none"]) {
    const { status, body } = await call(emulator, path, undefined, "mak_wrong");
    assert.equal(status, 401);
    assert.equal(body.error.code, "unauthorized");
  }
  assert.equal((await call(emulator, "/image/generate", { prompt: "x" }, "mak_wrong")).status, 401);
  assert.equal((await call(emulator, `/tasks/${mine}/status`, undefined, token)).status, 200);
  assert.equal((await call(emulator, `/tasks/${other}/status`, undefined, token)).status, 401);
  assert.equal((await call(emulator, "/tasks/tsk_none")).status, 404);
  assert.equal((await fetch(`${emulator.url}/models`)).status, 200);
});

test("the list is newest first and pages with after", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  const ids = [];
  for (const prompt of ["one", "two", "three"]) ids.unshift(await create(emulator, { prompt }));
  const page = async (query: string) =>
    (await call(emulator, `/tasks?${query}`)).body.data.map((task: { id: string }) => task.id);
  assert.deepEqual(await page("limit=2"), ids.slice(0, 2));
  assert.deepEqual(await page(`limit=2&after=${ids[1]}`), ids.slice(2));
  assert.equal((await call(emulator, "/tasks?limit=101")).status, 400);
});
