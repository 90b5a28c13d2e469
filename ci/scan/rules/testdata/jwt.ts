import { decodeJwt, jwtVerify } from "jose";
import jwt from "jsonwebtoken";

export function wrong(token: string, key: string) {
  // ruleid: jwt-not-verified-ts
  const claims = jwt.decode(token);
  // ruleid: jwt-not-verified-ts
  const payload = JSON.parse(atob(token.split(".")[1]));
  // ruleid: jwt-any-algorithm-ts
  const any = jwt.verify(token, key, { algorithms: ["HS256", "none"] });
  return [claims, payload, any];
}

export async function right(token: string, key: Uint8Array) {
  // ok: jwt-not-verified-ts, jwt-any-algorithm-ts
  const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"] });
  // ok: jwt-not-verified-ts
  return { payload, issuedAt: decodeJwt(token).iat };
}

export function shorter(token: string, key: string) {
  // ok: jwt-not-verified-ts, jwt-any-algorithm-ts
  return jwt.verify(token, key, { algorithms: ["HS256"] });
}
