import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { PNG } from "pngjs";
import { Gallery } from "../../mynth/gallery.ts";
import { drawPicture } from "../../mynth/pictures.ts";
import { call, create, start } from "../receiver.ts";

async function pictures(t: TestContext, request: object) {
  const emulator = await start(t, { autoDeliver: false });
  const id = await create(emulator, request);
  emulator.finish(id);
  const { images } = (await call(emulator, `/tasks/${id}/result`)).body.data;
  return Promise.all(images.map(async ({ url }: { url: string }) => await fetch(url)));
}

test("each image of a task is a valid PNG of its own, readable from any origin", async (t) => {
  const responses = await pictures(t, { prompt: "a fox", count: 2, size: "1536x1024" });
  const drawn = await Promise.all(
    responses.map(async (response) => {
      assert.equal(response.headers.get("content-type"), "image/png");
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.match(String(response.headers.get("cache-control")), /max-age=31536000/);
      return PNG.sync.read(Buffer.from(await response.arrayBuffer()));
    }),
  );
  assert.deepEqual(
    drawn.map(({ width, height }) => [width, height]),
    [
      [768, 512],
      [768, 512],
    ],
  );
  assert.notDeepEqual(drawn[0]?.data, drawn[1]?.data);
});

test("the same text draws the same picture, another text another one, and none is blank", () => {
  const draw = (text: string) => drawPicture(text, 64, 64);
  assert.deepEqual(draw("fox"), draw("fox"));
  const texts = Array.from({ length: 20 }, (_, index) => `fox ${index}`);
  assert.equal(new Set(texts.map((text) => draw(text).toString("base64"))).size, 20);
  for (const text of texts) {
    const pixels = draw(text);
    const colours = new Set(Array.from({ length: 64 * 64 }, (_, at) => pixels.readUInt32BE(at * 4)));
    assert.ok(colours.size > 50, `${text} has ${colours.size} colours`);
  }
});

test("sizes are words or numbers, and never more than 768 a side", () => {
  const { measure } = Gallery.prototype;
  const cases: [unknown, number, number][] = [
    ["1024x768", 768, 576],
    ["320x200", 320, 200],
    ["square", 512, 512],
    ["portrait", 512, 768],
    ["landscape", 768, 512],
    ["99999x1", 768, 16],
    ["0x9", 512, 512],
    ["constructor", 512, 512],
    [undefined, 512, 512],
    [{ width: 3 }, 512, 512],
  ];
  for (const [size, width, height] of cases) assert.deepEqual(measure(size), { width, height });
});

test("a picture of an earlier run is still one, the same at every look", async (t) => {
  const looks = await Promise.all(
    [start(t), start(t)].map(async (starting) => {
      const { url } = await starting;
      const response = await fetch(`${url}/images/img_01KE7XWWEQ4MCGWKBQKJ1G47RP.png`);
      assert.equal(response.status, 200);
      return PNG.sync.read(Buffer.from(await response.arrayBuffer()));
    }),
  );
  assert.deepEqual(looks[0]?.data, looks[1]?.data);
});

test("an unknown picture is 404", async (t) => {
  const emulator = await start(t);
  assert.equal((await fetch(`${emulator.url}/images/img_none.png`)).status, 404);
});
