// A certified OpenID provider (npm oidc-provider) on this machine, everything in memory. It prints "ready".
//   node oidc_provider.mjs FOLDER PORT SETTINGS     FOLDER has node_modules; SETTINGS: JSON, as in openid.py
// Its sign-in page takes any name and password; the name is the person's e-mail address. An access token is for the mail
// server unless `resource` names another audience, and the mail server may ask about its own tokens only.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, port, given] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(createRequire(join(folder, "x.js")).resolve("oidc-provider")));
const { clients, mail, lasts, code, told } = JSON.parse(given);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  scopes: ["openid", "email", "offline_access"],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: !told,
  findAccount: (context, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, email: id, email_verified: true }),
  }),
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (context, client, token) => client.clientId !== "mail-server" || token.aud === mail,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => (told ? mail : undefined),
      useGrantedResource: () => true,
      getResourceServerInfo: (context, audience) => ({ audience, scope: "mail", accessTokenFormat: "opaque" }),
    },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (context, client, code) => code.scopes.has("offline_access"),
  ttl: { AccessToken: lasts, AuthorizationCode: code, RefreshToken: 86400, Session: 3600, Interaction: 600, Grant: 86400, IdToken: 600 },
  cookies: { keys: ["only-for-tests"] },
});
// Ends one access token, as its time does, and nothing else of the person.
provider.use(async (context, next) => {
  if (context.path !== "/ends") return next();
  await (await provider.AccessToken.find(context.query.token)).destroy();
  context.status = 204;
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
