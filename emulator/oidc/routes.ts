/**
 * The OIDC issuer's endpoints: discovery, keys, the code flow with PKCE, and what tests need.
 *
 * One public client, no passwords: whoever gives a name is that user.
 */

import { createLocalJWKSet, jwtVerify } from "jose";
import { bearer, type Call, html, json, parseJson, type Reply, type Route, redirect } from "../http.ts";
import type { SharedOptions } from "../shared_options.ts";
import { type Grant, GrantStore } from "./codes.ts";
import { ALGORITHMS, type KeyRing } from "./keys.ts";
import { likeRoutes } from "./likes.ts";
import { messagePage, signInPage } from "./sign_in_page.ts";
import { AUDIENCE, CLIENT_ID, TOKEN_LIFE_S, type TokenMint, type TokenRequest } from "./tokens.ts";

const CARRIED = [
  "response_type",
  "client_id",
  "redirect_uri",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
];
const NAME_LIMIT = 64;
const NO_STORE = { "cache-control": "no-store" };

function discovery(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/end-session`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ALGORITHMS,
    token_endpoint_auth_methods_supported: ["none"],
    code_challenge_methods_supported: ["S256"],
    scopes_supported: ["openid", "profile", "offline_access"],
    claims_supported: ["sub", "name", "preferred_username"],
  };
}

/** The address with more in its query; null values are left out. */
function withQuery(address: string, values: Record<string, string | null>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(values)) if (value !== null) url.searchParams.set(name, value);
  return url.href;
}

function oauthError(error: string, description: string): Reply {
  return json(400, { error, error_description: description }, NO_STORE);
}

export function oidcRoutes(options: SharedOptions, keys: KeyRing, mint: TokenMint, issuer: () => string): Route[] {
  const grants = new GrantStore();

  const mayReturnTo = (address: string): boolean =>
    URL.canParse(address) && options.clientRedirects.includes(new URL(address).origin);

  /** A page when the redirect cannot be trusted, a redirect with an error when the rest is wrong, or nothing. */
  const refusal = (asked: URLSearchParams): Reply | undefined => {
    const redirectUri = asked.get("redirect_uri") ?? "";
    if (asked.get("client_id") !== CLIENT_ID)
      return html(400, messagePage("Unknown client", `client_id must be ${CLIENT_ID}.`));
    if (!mayReturnTo(redirectUri)) {
      return html(
        400,
        messagePage("Unknown redirect", `redirect_uri must be on one of ${options.clientRedirects.join(", ")}.`),
      );
    }
    const goBack = (error: string, error_description: string) =>
      redirect(withQuery(redirectUri, { error, error_description, state: asked.get("state") }));
    if (asked.get("response_type") !== "code") return goBack("unsupported_response_type", "Only code is supported.");
    if (asked.get("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(asked.get("code_challenge") ?? "")) {
      return goBack("invalid_request", "PKCE with S256 is required.");
    }
    // There are no sessions here, so nobody is ever signed in already.
    if (asked.get("prompt") === "none") return goBack("login_required", "A person has to sign in.");
    return undefined;
  };

  const showSignIn = ({ query }: Call): Reply => {
    const carried = CARRIED.filter((name) => query.has(name)).map((name) => [name, query.get(name) ?? ""]);
    return refusal(query) ?? html(200, signInPage(Object.fromEntries(carried)));
  };

  const signIn = ({ body }: Call): Reply => {
    const form = new URLSearchParams(body);
    const refused = refusal(form);
    if (refused) return refused;
    const sub = (form.get("as") ?? form.get("name") ?? "").trim();
    if (sub === "" || sub.length > NAME_LIMIT)
      return html(400, messagePage("No name", `Give a name of 1 to ${NAME_LIMIT} characters.`));
    const redirectUri = form.get("redirect_uri") ?? "";
    const code = grants.issueCode({
      sub,
      clientId: CLIENT_ID,
      scope: form.get("scope") ?? "openid",
      redirectUri,
      challenge: form.get("code_challenge") ?? "",
      nonce: form.get("nonce"),
    });
    return redirect(withQuery(redirectUri, { code, state: form.get("state"), iss: issuer() }));
  };

  const tokens = async (grant: Grant, nonce: string | null): Promise<Reply> => {
    const { sub, clientId, scope } = grant;
    const [access_token, id_token] = await Promise.all([mint.accessToken(grant), mint.idToken(grant, nonce)]);
    const refresh_token = grants.issueRefreshToken({ sub, clientId, scope });
    return json(
      200,
      { access_token, id_token, refresh_token, token_type: "Bearer", expires_in: TOKEN_LIFE_S, scope },
      NO_STORE,
    );
  };

  const token = ({ body }: Call): Reply | Promise<Reply> => {
    const form = new URLSearchParams(body);
    const field = (name: string) => form.get(name) ?? "";
    if (field("grant_type") === "authorization_code") {
      const given = {
        clientId: field("client_id"),
        redirectUri: field("redirect_uri"),
        verifier: field("code_verifier"),
      };
      const grant = grants.redeemCode(field("code"), given);
      return typeof grant === "string" ? oauthError("invalid_grant", grant) : tokens(grant, grant.nonce);
    }
    if (field("grant_type") === "refresh_token") {
      const grant = grants.redeemRefreshToken(field("refresh_token"));
      return grant ? tokens(grant, null) : oauthError("invalid_grant", "The refresh token is unknown or used.");
    }
    return oauthError("unsupported_grant_type", "Use authorization_code or refresh_token.");
  };

  const userInfo = async (call: Call): Promise<Reply> => {
    try {
      const { payload } = await jwtVerify(bearer(call) ?? "", createLocalJWKSet(keys.jwks()), {
        issuer: issuer(),
        audience: AUDIENCE,
      });
      return json(200, mint.userInfo(payload.sub ?? ""), NO_STORE);
    } catch {
      return json(401, { error: "invalid_token" }, { "www-authenticate": 'Bearer error="invalid_token"' });
    }
  };

  const endSession = ({ query }: Call): Reply => {
    const address = query.get("post_logout_redirect_uri");
    if (address !== null && mayReturnTo(address)) return redirect(withQuery(address, { state: query.get("state") }));
    return html(200, messagePage("Signed out", "You are signed out."));
  };

  const testToken = async ({ body }: Call): Promise<Reply> => {
    const request = body === "" ? {} : parseJson(body);
    if (typeof request !== "object" || request === null) return oauthError("invalid_request", "Send a JSON object.");
    try {
      return json(200, { token: await mint.testToken(request as TokenRequest) }, NO_STORE);
    } catch (error) {
      return oauthError("invalid_request", (error as Error).message);
    }
  };

  const rotate = async (): Promise<Reply> => {
    await keys.rotate();
    return json(200, keys.jwks());
  };

  return [
    {
      method: "GET",
      pattern: "/.well-known/openid-configuration",
      handle: () => json(200, discovery(issuer())),
      cors: true,
    },
    { method: "GET", pattern: "/jwks", handle: () => json(200, keys.jwks()), cors: true },
    { method: "GET", pattern: "/authorize", handle: showSignIn },
    { method: "POST", pattern: "/authorize", handle: signIn },
    { method: "POST", pattern: "/token", handle: token, cors: true },
    { method: "GET", pattern: "/userinfo", handle: userInfo, cors: true },
    { method: "POST", pattern: "/userinfo", handle: userInfo, cors: true },
    { method: "GET", pattern: "/end-session", handle: endSession },
    ...likeRoutes(keys, issuer),
    { method: "POST", pattern: "/test/token", handle: testToken },
    { method: "POST", pattern: "/test/rotate-keys", handle: rotate },
  ];
}
