/**
 * Short-lived tokens (JWT, HS256) that a page needs for every change.
 *
 * This app has no users to log in. A token proves only that its bearer read this server's
 * answer, which a page on another site cannot do, so no foreign form changes a contract.
 */

export type Sessions = {
  issue(now?: number): Promise<string>;
  accepts(token: string, now?: number): Promise<boolean>;
};

const lifetime = 12 * 60 * 60;
const header = encode({ alg: "HS256", typ: "JWT" });

export async function createSessions(secret: string): Promise<Sessions> {
  const raw = new TextEncoder().encode(secret);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign", "verify"]);
  return {
    async issue(now = Date.now()) {
      const seconds = Math.floor(now / 1000);
      const claims = encode({ jti: crypto.randomUUID(), iat: seconds, exp: seconds + lifetime });
      const signature = await crypto.subtle.sign("HMAC", key, bytes(`${header}.${claims}`));
      return `${header}.${claims}.${base64url(new Uint8Array(signature))}`;
    },
    async accepts(token, now = Date.now()) {
      const [head, claims, signature, more] = token.split(".");
      // Only our own header: a token does not choose how it is checked.
      if (head !== header || !claims || !signature || more !== undefined) return false;
      try {
        const given = Uint8Array.fromBase64(signature, { alphabet: "base64url" });
        if (!(await crypto.subtle.verify("HMAC", key, given, bytes(`${head}.${claims}`))))
          return false;
        const decoded = Uint8Array.fromBase64(claims, { alphabet: "base64url" });
        return JSON.parse(new TextDecoder().decode(decoded)).exp * 1000 > now;
      } catch {
        return false;
      }
    },
  };
}

function encode(value: unknown): string {
  return base64url(bytes(JSON.stringify(value)));
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64url(value: Uint8Array): string {
  return value.toBase64({ alphabet: "base64url", omitPadding: true });
}
