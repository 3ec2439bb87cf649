import assert from "node:assert/strict";
import { test } from "node:test";
import { wrongProviders } from "../choose.ts";
import { parseFlags, USAGE } from "../flags.ts";
import { PROVIDERS } from "../providers.ts";
import { SIGN_INS } from "../sign_in.ts";

test("flags answer all questions", () => {
  const args = "my-app --yes --provider mynth --provider modelriver,mynth --auth clerk --set issuer=https://id.example";
  assert.deepEqual(parseFlags([...args.split(" "), "--url", "https://a.example/", "--no-install"]), {
    folder: "my-app",
    providers: ["mynth", "modelriver"],
    auth: "clerk",
    answers: { issuer: "https://id.example" },
    url: "https://a.example",
    yes: true,
    install: false,
  });
  assert.equal(parseFlags(["--help"]), "help");
});

test("a flag that cannot be followed is named, with what could be", () => {
  for (const [args, why] of [
    ["--provider openai", /--provider openai is not known: it is one of mynth, /],
    ["--auth facebook", /--auth facebook is not known: it is one of auth0, /],
    ["--auth clerk --set project=x", /--set project is nothing that clerk asks for: issuer, parties/],
    ["--set issuer", /--set must be NAME=VALUE, not issuer/],
    ["--url http://a.example", /--url must be an https address without a path/],
    ["--url https://a.example/app", /--url must be an https address without a path/],
    ["a b", /One folder at a time/],
    ["--colour", /--colour/],
  ] as const)
    assert.throws(() => parseFlags(args.split(" ")), why, args);
});

test("the usage names every provider and every sign-in", () => {
  for (const { name } of [...PROVIDERS, ...SIGN_INS]) assert.ok(USAGE.includes(name), name);
});

test("a provider that every deployment needs cannot be left out", () => {
  assert.equal(wrongProviders(["mynth"]), undefined);
  assert.match(wrongProviders(["modelriver"]) ?? "", /Mynth is needed in every deployment.*--provider mynth/);
});
