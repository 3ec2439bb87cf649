import assert from "node:assert/strict";
import { test } from "node:test";
import { signHex } from "../../mynth/signing.ts";

test("the older scheme keys with the whole secret, whsec_ prefix included", () => {
  // printf '1614265330.{"a":1}' | openssl dgst -sha256 -hmac whsec_abc
  assert.equal(
    signHex("whsec_abc", 1614265330, '{"a":1}'),
    "t=1614265330,v1=51a174a4f09d6a7011e92a4aced75ba5bb46e8f5982563be918ab454092eb6c7",
  );
});
