// openid-client (npm) as the conformance setting's `client`: sign-in, UserInfo, refresh, back-channel logout, sign-out.
// Usage: node openid_client.mjs PLAN.json SUITE_URL; the plan is what `guichet demo --conformance SUITE_URL` prints.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import * as jose from 'jose';
import * as oidc from 'openid-client';

import { Browser } from './browser.mjs';

const [planFile, suite] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, 'utf8'));
const base = `${suite}/test/a/${plan.alias}`;
const issuer = plan.server.discoveryUrl.replace('/.well-known/openid-configuration', '');
const login = plan.server.login_hint;

const step = (what) => console.log(`  ok       openid-client: ${what}`);

async function discover(section, authentication) {
  const { client_id: id, client_secret: secret } = plan[section];
  return oidc.discovery(new URL(issuer), id, { client_secret: secret }, authentication(secret), {
    execute: [oidc.allowInsecureRequests],
  });
}

async function signIn(config, browser, scope) {
  const verifier = oidc.randomPKCECodeVerifier();
  const checks = { expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), pkceCodeVerifier: verifier };
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${base}/callback`,
    scope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const { url: callback } = await browser.walk(url, issuer, login);
  assert.ok(callback.href.startsWith(`${base}/callback?`), callback.href);
  return oidc.authorizationCodeGrant(config, callback, { ...checks, idTokenExpected: true });
}

// Resolves with the first logout token that arrives where this client is registered.
function logoutToken() {
  const arrived = Promise.withResolvers?.() ?? deferred();
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = new URLSearchParams(Buffer.concat(parts).toString());
      response.writeHead(request.url === new URL(`${base}/backchannel_logout`).pathname ? 200 : 404).end();
      if (body.has('logout_token')) arrived.resolve(body.get('logout_token'));
    });
  });
  const { hostname, port } = new URL(suite);
  return new Promise((listening) => server.listen(Number(port), hostname, () => listening({ server, token: arrived.promise })));
}

function deferred() {
  const it = {};
  it.promise = new Promise((resolve) => { it.resolve = resolve; });
  return it;
}

async function isRefused(config, tokens) {
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck));
}

const config = await discover('client', oidc.ClientSecretBasic);
const metadata = config.serverMetadata();
step(`discovery of ${metadata.issuer}`);

const browser = new Browser();
let tokens = await signIn(config, browser, 'openid profile email phone offline_access');
const { sub, sid } = tokens.claims();
step(`sign-in with client_secret_basic, PKCE, state, nonce and iss; the ID token's signature fits (${tokens.claims().acr})`);

const person = await oidc.fetchUserInfo(config, tokens.access_token, sub);
assert.equal(person.email, login);
step(`UserInfo of ${person.name}`);

const before = tokens;
tokens = await oidc.refreshTokenGrant(config, before.refresh_token);
assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub)).sub, sub);
tokens = { ...tokens, id_token: tokens.id_token ?? before.id_token };
step('refresh, and UserInfo with the new access token');

const posting = await discover('client_secret_post', oidc.ClientSecretPost);
const others = await signIn(posting, browser, 'openid');
assert.equal(others.claims().sub, sub);
step('sign-in with client_secret_post in the running session');

const listener = await logoutToken();
const state = oidc.randomState();
const end = oidc.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: `${base}/post_logout_redirect`,
  state,
});
const { url: back } = await browser.walk(end, issuer, login);
assert.equal(back.href, `${base}/post_logout_redirect?state=${state}`);
await isRefused(config, tokens);
await isRefused(posting, others);
step('sign-out with id_token_hint, exact state, and both access tokens are dead');

const late = new Promise((_, reject) => { setTimeout(() => reject(new Error('no logout token came within 20 s')), 20_000).unref(); });
const keys = jose.createRemoteJWKSet(new URL(metadata.jwks_uri));
const read = await jose.jwtVerify(await Promise.race([listener.token, late]), keys, {
  issuer: metadata.issuer,
  audience: [plan.client.client_id, plan.client_secret_post.client_id],
  typ: 'logout+jwt',
  requiredClaims: ['iat', 'exp', 'jti', 'events', 'sub', 'sid'],
});
assert.ok('http://schemas.openid.net/event/backchannel-logout' in read.payload.events);
assert.equal(read.payload.nonce, undefined);
assert.ok([sid, others.claims().sid].includes(read.payload.sid));
listener.server.close();
listener.server.closeAllConnections();
step('the logout token of the back channel');
