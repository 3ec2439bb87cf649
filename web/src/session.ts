// Who is signed in: OpenID Connect, authorization code flow with PKCE, by redirect. This file owns the tokens and the
// sign-in parameters in the address.
import type { GetToken } from "@taskwire/client";
import { readConfig, type WebConfig } from "@taskwire/client/config";
import { type User, UserManager, WebStorageStateStore } from "oidc-client-ts";

export type SessionState =
  | { status: "signed-out"; notice: string | null }
  | { status: "signed-in"; userId: string; name: string };

export interface Session {
  current(): SessionState;
  subscribe(listener: () => void): () => void;
  signIn(): Promise<void>;
  signOut(): Promise<void>;
  /** Ends the session when the server rejects the token, because there is no refresh token. */
  getToken: GetToken;
}

export const EXPIRED_NOTICE = "Your session has ended. Sign in again to go on.";

/** Reads the settings, then completes a sign-in that has just returned or restores a stored session. */
export async function openSession(): Promise<Session> {
  const config = await readConfig();
  const manager = createManager(config);
  const listeners = new Set<() => void>();
  let state: SessionState = { status: "signed-out", notice: null };

  function change(next: SessionState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function expire(): void {
    if (state.status === "signed-out") return;
    change({ status: "signed-out", notice: EXPIRED_NOTICE });
    void manager.removeUser();
  }

  state = await restore(manager);
  manager.events.addAccessTokenExpired(expire);

  return {
    current: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signIn: () => manager.signinRedirect({ state: location.pathname + location.search }),
    async signOut() {
      const endpoint = await manager.metadataService.getEndSessionEndpoint().catch(() => undefined);
      // Ends the issuer's session too, if it can. Otherwise "Sign in" would let the same user in without a question.
      if (endpoint) return manager.signoutRedirect();
      await manager.removeUser();
      change({ status: "signed-out", notice: null });
    },
    async getToken({ forceRefresh }) {
      const user = forceRefresh ? null : await manager.getUser();
      if (user && !user.expired) return config.pageToken ? (user.id_token ?? null) : user.access_token;
      expire();
      return null;
    },
  };
}

function createManager({ issuer, clientId, audience }: WebConfig): UserManager {
  const home = `${location.origin}/`;
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: home,
    post_logout_redirect_uri: home,
    response_type: "code",
    scope: "openid profile",
    extraQueryParams: { audience },
    automaticSilentRenew: false,
    // Session storage survives a reload, and is gone with the tab: nothing stays on a shared machine.
    userStore: new WebStorageStateStore({ store: sessionStorage }),
  });
}

async function restore(manager: UserManager): Promise<SessionState> {
  const parameters = new URLSearchParams(location.search);
  const isReturn = location.pathname === "/" && parameters.has("state");
  if (isReturn) {
    // A code works only once, so it must leave the address before a reload.
    const address = location.href;
    history.replaceState(null, "", "/");
    try {
      if (parameters.has("code") || parameters.has("error")) {
        const user = await manager.signinRedirectCallback(address);
        // Back to the view where the sign-in began.
        if (typeof user.state === "string") {
          const { pathname, search } = new URL(user.state, location.origin);
          history.replaceState(null, "", pathname + search);
        }
        return describe(user);
      }
      await manager.signoutRedirectCallback(address);
    } catch {
      const user = await manager.getUser();
      if (user && !user.expired) return describe(user);
      return { status: "signed-out", notice: returnNotice(parameters.get("error")) };
    }
  }
  const user = await manager.getUser();
  if (!user) return { status: "signed-out", notice: null };
  if (!user.expired) return describe(user);
  await manager.removeUser();
  return { status: "signed-out", notice: EXPIRED_NOTICE };
}

function returnNotice(error: string | null): string {
  return error === "access_denied"
    ? "The sign-in was cancelled."
    : "The sign-in could not be completed. Please try again.";
}

function describe(user: User): SessionState {
  const { sub, name, preferred_username: username, email } = user.profile;
  return { status: "signed-in", userId: sub, name: name ?? username ?? email ?? sub };
}
