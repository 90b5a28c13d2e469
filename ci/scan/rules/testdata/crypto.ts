import { createCipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export function wrong(text: string, key: Buffer, signature: string) {
  // ruleid: weak-hash-ts
  const digest = createHash("md5").update(text).digest("hex");
  // ruleid: weak-hash-ts
  const other = new Bun.CryptoHasher("sha1").update(text).digest("hex");
  // ruleid: weak-cipher-ts
  const cipher = createCipheriv("aes-256-ecb", key, null);
  // ruleid: guessable-random-ts
  const resetToken = Math.random().toString(36).slice(2);
  const expected = createHmac("sha256", key).update(text).digest("hex");
  // ruleid: comparison-that-tells-ts
  const genuine = signature === expected;
  return { digest, other, cipher, resetToken, genuine };
}

export function right(text: string, key: Buffer, signature: Buffer) {
  // ok: weak-hash-ts
  const digest = createHash("sha256").update(text).digest("hex");
  // ok: weak-cipher-ts
  const cipher = createCipheriv("aes-256-gcm", key, randomBytes(12));
  // ok: guessable-random-ts
  const resetToken = crypto.randomUUID();
  // ok: guessable-random-ts
  const delay = 100 * Math.random();
  const expected = createHmac("sha256", key).update(text).digest();
  // ok: comparison-that-tells-ts
  const genuine = timingSafeEqual(signature, expected);
  return { digest, cipher, resetToken, delay, genuine };
}
