import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { PNG } from "pngjs";
import { GENERATIONS, type Generation } from "../../options.ts";
import { call, start, startReceiver } from "../receiver.ts";

const PICTURE = "https://pictures.example/red-fox.png";

/** Each kind besides `image.generate`: its path and a request that has everything it takes. */
const STARTS: Record<string, [path: string, request: object]> = {
  "image.rate": ["/image/rate", { url: PICTURE, mode: "strict" }],
  "image.alt": ["/image/alt", { url: PICTURE }],
  "image.review": ["/image/review", { url: PICTURE, effort: "high" }],
  "image.remove_background": ["/image/remove-background", { url: PICTURE }],
  "image.upscale": ["/image/upscale", { url: PICTURE, size: "2x", effort: "low" }],
  "video.generate": [
    "/video/generate",
    { model: "v/1", prompt: "a fox runs", duration: 4, resolution: "720p", audio: true, inputs: [PICTURE] },
  ],
};

const REVIEW = {
  score: 93,
  summary: "red fox, well lit and in focus.",
  findings: ["The horizon is a little tilted."],
  strengths: ["Clear subject", "Quiet background"],
};
const EARLY = { status: "succeeded", id: "img", url: "/images/img.png" };
const TODAY = { status: "success", id: "img", url: "/images/img.png", format: "png" };
const VIDEO = { id: "vid", url: "/images/vid.png", cost: "0.25000000" };

const EARLY_RESULTS: Record<string, object> = {
  "image.rate": { url: PICTURE, level: "sfw" },
  "image.alt": { alt: "A picture of red fox." },
  "image.review": REVIEW,
  "image.remove_background": { image: { ...EARLY, cost: "0.00500000" } },
  "image.upscale": { image: { ...EARLY, cost: "0.01000000" } },
  "video.generate": { model: "v/1", videos: [{ status: "succeeded", ...VIDEO }] },
};
const TODAYS_RESULTS: Record<string, object> = {
  ...EARLY_RESULTS,
  "image.rate": { level: "sfw" },
  "image.remove_background": { image: { ...TODAY, size: "512x512", cost: "0.00500000" } },
  "image.upscale": { image: { ...TODAY, size: "768x768", cost: "0.01000000" } },
  "video.generate": { model: "v/1", videos: [{ status: "success", ...VIDEO, size: "512x512", format: "png" }] },
};
const RESULTS = { g1: EARLY_RESULTS, g2: EARLY_RESULTS, g3: TODAYS_RESULTS, g4: TODAYS_RESULTS };

/** One task from its start to its webhook and a poll; ids replaced by what they are. */
async function story(t: TestContext, generation: Generation, path: string, request: object) {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { generation, webhookUrl: receiver.url });
  const created = await call(emulator, path, request);
  assert.equal(created.status, 201, JSON.stringify(created.body));
  await emulator.until(() => emulator.deliveries.length > 0);
  const [id] = [...emulator.tasks.keys()];
  const polled = await call(emulator, `/tasks/${id}`);
  const plain = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll(emulator.url, "")
        .replace(/\b(tsk|img|vid|evt|pat)_[0-9A-Z]{26}\b/g, "$1"),
    );
  const body = JSON.parse(receiver.received[0]?.body ?? "{}");
  return {
    created: plain(created.body),
    polled: plain(polled.body),
    webhook: plain(body),
    headers: receiver.received[0]?.headers,
  };
}

for (const generation of GENERATIONS) {
  for (const [kind, [path, request]] of Object.entries(STARTS)) {
    test(`${generation} does ${kind} and says what came of it`, async (t) => {
      const { created, polled, webhook, headers } = await story(t, generation, path, request);
      assert.equal(created.data?.task_id ?? created.data?.taskId ?? created.taskId, "tsk");
      const result = RESULTS[generation][kind];
      const full = polled.data ?? polled;
      assert.deepEqual([full.type, full.status, full.request, full.result], [kind, "completed", request, result]);
      if (generation === "g4") {
        assert.equal(webhook.type, `task.${kind}.completed`);
        assert.deepEqual(webhook.data, full);
      } else {
        assert.equal(webhook.event, `task.${kind}.completed`);
        assert.equal(headers?.["x-mynth-event"], `task.${kind}.completed`);
        assert.deepEqual([webhook.task.id, webhook.request, webhook.result], ["tsk", request, result]);
        assert.equal(webhook.task.cost, generation === "g3" ? full.cost : undefined);
      }
    });
  }

  test(`${generation} fails a task of any kind for a word in its prompt or its picture's address`, async (t) => {
    for (const [kind, [path, request]] of Object.entries(STARTS)) {
      const word = "url" in request ? { url: "https://pictures.example/%5Bfail%5D.png" } : { prompt: "a fox [fail]" };
      const { webhook, polled } = await story(t, generation, path, { ...request, ...word });
      assert.equal(webhook.type ?? webhook.event, `task.${kind}.failed`);
      const [error] = (webhook.data ?? webhook).errors;
      assert.equal(error.code, generation === "g4" ? "restricted_content" : "RESTRICTED_CONTENT");
      const full = polled.data ?? polled;
      assert.deepEqual([full.status, full.result, full.cost], ["failed", null, null]);
    }
  });
}

test("an unknown field is an issue of g4, and nobody's business before", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  for (const [path, request] of Object.values(STARTS)) {
    const body = { ...request, metadata: {}, colour: "red" };
    emulator.options.generation = "g4";
    const { status, body: told } = await call(emulator, path, body);
    assert.deepEqual(
      [status, told.error.issues.map((issue: { path: string }) => issue.path)],
      [400, ["metadata", "colour"]],
    );
    emulator.options.generation = "g3";
    assert.equal((await call(emulator, path, body)).status, 201);
  }
});

test("each field that has rules is held to them", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  const wrong: [path: string, field: string, values: unknown[]][] = [
    ["/image/rate", "url", [undefined, "", "fox.png", "ftp://pictures.example/fox.png", 5]],
    ["/image/rate", "mode", [5]],
    ["/image/review", "effort", [true]],
    ["/image/upscale", "size", [undefined, "3x", 2]],
    ["/image/upscale", "effort", [undefined, "medium"]],
    ["/video/generate", "model", [undefined, ""]],
    ["/video/generate", "prompt", [undefined, "", "x".repeat(8193)]],
    ["/video/generate", "inputs", ["x", Array(21).fill(PICTURE)]],
  ];
  for (const [path, field, values] of wrong) {
    const [, request] = Object.values(STARTS).find(([each]) => each === path) ?? [];
    for (const value of values) {
      const { status, body } = await call(emulator, path, { ...request, [field]: value });
      assert.deepEqual(
        [status, body.error?.issues.map((issue: { path: string }) => issue.path)],
        [400, [field]],
        `${path} ${value}`,
      );
    }
  }
  assert.equal(emulator.tasks.size, 0);
});

test("the picture of a task that makes one is a PNG", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  for (const kind of ["image.remove_background", "image.upscale", "video.generate"]) {
    const [path, request] = STARTS[kind] ?? [];
    const id = (await call(emulator, path ?? "", request)).body.data.task_id;
    emulator.finish(id);
    const { image, videos } = (await call(emulator, `/tasks/${id}/result`)).body.data;
    const picture = await fetch((image ?? videos[0]).url);
    assert.equal(picture.headers.get("content-type"), "image/png");
    const { width } = PNG.sync.read(Buffer.from(await picture.arrayBuffer()));
    assert.equal(width, kind === "image.upscale" ? 768 : 512);
  }
});

test("an estimate says what a start would cost, and starts nothing", async (t) => {
  const emulator = await start(t);
  const body = { prompt: "a fox", model: "m/1", count: 3 };
  const expected: Record<Generation, object> = {
    g1: { estimatedCost: "0.03750000", currency: "USD" },
    g2: { estimatedCost: "0.03750000", currency: "USD" },
    g3: { estimatedCost: "0.03750000", currency: "USD" },
    g4: { estimated_cost: "0.03750000", currency: "USD" },
  };
  for (const generation of GENERATIONS) {
    emulator.options.generation = generation;
    const { status, body: told } = await call(emulator, "/image/generate/estimate", body);
    assert.deepEqual([status, told], [200, { data: expected[generation] }]);
  }
  assert.equal((await call(emulator, "/image/generate/estimate", { ...body, count: 21 })).status, 400);
  assert.equal((await call(emulator, "/image/generate/estimate", { ...body, prompt: "[refuse-402]" })).status, 402);
  assert.equal((await call(emulator, "/image/generate/estimate", body, "mak_wrong")).status, 401);
  assert.equal(emulator.tasks.size, 0);
});

test("a wrong key starts nothing of any kind, and a word in an address refuses as one in a prompt", async (t) => {
  const emulator = await start(t);
  for (const [path, request] of Object.values(STARTS)) {
    assert.equal((await call(emulator, path, request, "mak_wrong")).status, 401);
  }
  const refused = await call(emulator, "/image/alt", { url: "https://pictures.example/[refuse-429].png" });
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  assert.equal(emulator.tasks.size, 0);
});
