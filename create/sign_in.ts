/** Who can sign users in, and the variables of each. docs/sign-in.md says the same in prose; a test compares them. */

export interface Field {
  name: string;
  ask: string;
  example: string;
}

export interface SignIn {
  name: string;
  title: string;
  fields: readonly Field[];
  /** The variables. `{name}` stands for a field. */
  variables: Readonly<Record<string, string>>;
}

const issuer = (ask: string, example: string): Field => ({ name: "issuer", ask, example });
const audience = (ask: string, example: string): Field => ({ name: "audience", ask, example });
const ISSUER = { AUTH_ISSUER: "{issuer}" };

export const SIGN_INS: readonly SignIn[] = [
  {
    name: "auth0",
    title: "Auth0",
    fields: [
      issuer("The tenant's address, with the slash", "https://TENANT.REGION.auth0.com/"),
      audience("The API's identifier", "https://api.example.com"),
    ],
    variables: { ...ISSUER, AUTH_AUDIENCE: "{audience}" },
  },
  {
    name: "better-auth",
    title: "Better Auth (jwt plugin)",
    fields: [issuer("The address of your app", "https://app.example.com")],
    variables: { ...ISSUER, AUTH_AUDIENCE: "{issuer}", AUTH_JWKS_URL: "{issuer}/api/auth/jwks" },
  },
  {
    name: "clerk",
    title: "Clerk",
    fields: [
      issuer("The Frontend API URL", "https://clerk.example.com"),
      { name: "parties", ask: "The origins of your pages", example: "https://app.example.com" },
    ],
    variables: { ...ISSUER, AUTH_PARTIES: "{parties}" },
  },
  {
    name: "cloudflare-access",
    title: "Cloudflare Access",
    fields: [
      issuer("The team's address", "https://TEAM.cloudflareaccess.com"),
      audience("The application's AUD tag", "the application's AUD tag"),
    ],
    variables: {
      ...ISSUER,
      AUTH_AUDIENCE: "{audience}",
      AUTH_JWKS_URL: "{issuer}/cdn-cgi/access/certs",
      AUTH_TOKEN_HEADER: "Cf-Access-Jwt-Assertion",
      AUTH_SUBJECT_CLAIM: "email",
    },
  },
  {
    name: "cognito",
    title: "Cognito",
    fields: [
      issuer("The user pool's address", "https://cognito-idp.REGION.amazonaws.com/POOL"),
      { name: "parties", ask: "The app client's id", example: "the app client's id" },
    ],
    variables: { ...ISSUER, AUTH_PARTIES: "{parties}", AUTH_REQUIRED_CLAIMS: '{"token_use":"access"}' },
  },
  {
    name: "firebase",
    title: "Firebase",
    fields: [{ name: "project", ask: "The project's id", example: "PROJECT" }],
    variables: { AUTH_ISSUER: "https://securetoken.google.com/{project}", AUTH_AUDIENCE: "{project}" },
  },
  {
    name: "keycloak",
    title: "Keycloak",
    fields: [
      issuer("The realm's address", "https://id.example.com/realms/REALM"),
      { name: "parties", ask: "The client's id", example: "the client's id" },
    ],
    variables: { ...ISSUER, AUTH_PARTIES: "{parties}" },
  },
  {
    name: "logto",
    title: "Logto",
    fields: [
      issuer("The tenant's address", "https://TENANT.logto.app/oidc"),
      audience("The API resource's indicator", "https://api.example.com"),
    ],
    variables: { ...ISSUER, AUTH_AUDIENCE: "{audience}" },
  },
  {
    name: "supabase",
    title: "Supabase",
    fields: [{ name: "project", ask: "The project's reference", example: "REF" }],
    variables: {
      AUTH_ISSUER: "https://{project}.supabase.co/auth/v1",
      AUTH_AUDIENCE: "authenticated",
      AUTH_REQUIRED_CLAIMS: '{"is_anonymous":false}',
    },
  },
  {
    name: "workos",
    title: "WorkOS AuthKit",
    fields: [
      { name: "client", ask: "The client's id, which a JWT template adds to the token as aud", example: "CLIENT_ID" },
    ],
    variables: {
      AUTH_ISSUER: "https://api.workos.com/user_management/{client}",
      AUTH_AUDIENCE: "{client}",
      AUTH_JWKS_URL: "https://api.workos.com/sso/jwks/{client}",
    },
  },
  {
    name: "other",
    title: "another OIDC issuer",
    fields: [
      issuer("The issuer, exactly as in the tokens' iss", "https://id.example.com"),
      audience("The audience of the tokens", "taskwire"),
    ],
    variables: { ...ISSUER, AUTH_AUDIENCE: "{audience}" },
  },
];

const FIELD = /\{(\w+)\}/g;

export interface Variable {
  name: string;
  /** Empty while an answer is missing. */
  value: string;
  /** What a value looks like. */
  example: string;
}

/** The variables with these answers in them. */
export function variablesOf(signIn: SignIn, answers: Readonly<Record<string, string>>): Variable[] {
  const examples = Object.fromEntries(signIn.fields.map(({ name, example }) => [name, example]));
  return Object.entries(signIn.variables).map(([name, template]) => {
    // JSON has braces of its own: only the names of fields are filled in.
    const used = [...template.matchAll(FIELD)].map(([, field = ""]) => field).filter((field) => field in examples);
    const fill = (values: Readonly<Record<string, string>>) =>
      template.replace(FIELD, (whole, field) => (field in examples ? (values[field] ?? "") : whole));
    return { name, value: used.every((field) => answers[field]) ? fill(answers) : "", example: fill(examples) };
  });
}
